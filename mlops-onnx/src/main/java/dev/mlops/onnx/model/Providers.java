package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import dev.mlops.api.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks ONNX Runtime for execution providers in the order of a wish. */
final class Providers {
    private static final String DEVICE = "device_id";

    private Providers() {}

    /** Adds those that can be had, up to the first that runs everything, and tells what became of each. */
    static List<ProviderChoice> add(List<ExecutionProvider> wish, SessionOptions session) {
        List<ProviderChoice> choices = new ArrayList<>();
        boolean isComplete = false;
        for (ExecutionProvider each : wish) {
            if (isComplete) {
                choices.add(new ProviderChoice(each, false, "CPU comes before it and runs every operator"));
            } else if (each.name().equals(ExecutionProvider.CPU.name())) {
                isComplete = true;
                choices.add(new ProviderChoice(each, true, "it is always there"));
            } else {
                choices.add(add(each, session));
            }
        }
        if (!isComplete) {
            choices.add(new ProviderChoice(ExecutionProvider.CPU, true, "it runs what the others do not"));
        }
        return List.copyOf(choices);
    }

    /** The same wish after a session could not be made with it. */
    static List<ProviderChoice> onlyCpu(List<ProviderChoice> before, OrtException failure) {
        return before.stream()
                .map(each -> !each.chosen() || each.provider().equals(ExecutionProvider.CPU)
                        ? each
                        : new ProviderChoice(each.provider(), false, "no session: " + failure.getMessage()))
                .toList();
    }

    private static ProviderChoice add(ExecutionProvider wish, SessionOptions session) {
        Map<String, OrtProvider> available = OrtEnvironment.getAvailableProviders().stream()
                .collect(Collectors.toMap(ExecutionProvider::nameOf, provider -> provider));
        OrtProvider provider = available.get(wish.name());
        if (provider == null) {
            return new ProviderChoice(wish, false, "this ONNX Runtime has only " + available.keySet());
        }
        try {
            add(provider, wish.options(), session);
            return new ProviderChoice(wish, true, "this ONNX Runtime has it");
        } catch (OrtException e) {
            return new ProviderChoice(wish, false, String.valueOf(e.getMessage()));
        }
    }

    private static void add(OrtProvider provider, Map<String, String> options, SessionOptions session)
            throws OrtException {
        switch (provider) {
            case CUDA -> addCuda(options, session);
            case TENSOR_RT -> addTensorRt(options, session);
            case ROCM -> session.addROCM(device(options));
            case DIRECT_ML -> session.addDirectML(device(options));
            case OPEN_VINO -> session.addOpenVINO(options.getOrDefault("device_type", "CPU"));
            case DNNL -> session.addDnnl(true);
            case ACL -> session.addACL(true);
            case NNAPI -> session.addNnapi();
            case CORE_ML -> session.addCoreML(options);
            case XNNPACK -> session.addXnnpack(options);
            case QNN -> session.addQnn(options);
            case WEBGPU -> session.addWebGPU(options);
            default -> throw new OrtException("the Java binding of ONNX Runtime has no call for " + provider.getName());
        }
    }

    private static void addCuda(Map<String, String> options, SessionOptions session) throws OrtException {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device(options))) {
            set(options, cuda::add);
            session.addCUDA(cuda);
        }
    }

    private static void addTensorRt(Map<String, String> options, SessionOptions session) throws OrtException {
        try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions(device(options))) {
            set(options, tensorRt::add);
            session.addTensorrt(tensorRt);
        }
    }

    private interface Setter {
        void set(String name, String value) throws OrtException;
    }

    private static void set(Map<String, String> options, Setter target) throws OrtException {
        for (Map.Entry<String, String> option : options.entrySet()) {
            if (!option.getKey().equals(DEVICE)) {
                target.set(option.getKey(), option.getValue());
            }
        }
    }

    private static int device(Map<String, String> options) {
        String device = options.getOrDefault(DEVICE, "0");
        try {
            return Integer.parseUnsignedInt(device);
        } catch (NumberFormatException e) {
            throw new InvalidInputException(DEVICE, device, "must be the number of a device");
        }
    }
}
