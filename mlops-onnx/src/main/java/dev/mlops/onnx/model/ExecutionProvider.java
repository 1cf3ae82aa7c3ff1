package dev.mlops.onnx.model;

import ai.onnxruntime.OrtProvider;
import dev.mlops.api.error.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What computes the operators of a model. See the
 * <a href="https://onnxruntime.ai/docs/execution-providers/">execution providers of ONNX Runtime</a>.
 *
 * @param name as ONNX Runtime calls it, without the ending {@code ExecutionProvider}, such as {@code CUDA} or {@code CoreML}
 * @param options settings of that provider, such as {@code device_id}
 */
public record ExecutionProvider(String name, Map<String, String> options) {
    /** The processor, which every build of ONNX Runtime has and which runs every operator. */
    public static final ExecutionProvider CPU = of("CPU");

    private static final String ENDING = "ExecutionProvider";

    /** Checks the name and copies the options. */
    public ExecutionProvider {
        if (!names().contains(name)) {
            throw new InvalidInputException("execution provider", name, "is not among " + names());
        }
        options = Map.copyOf(options);
    }

    /** A provider with its own defaults. */
    public static ExecutionProvider of(String name) {
        return new ExecutionProvider(name, Map.of());
    }

    /** NVIDIA CUDA on a device; needs the artifact {@code onnxruntime_gpu} in the place of {@code onnxruntime}. */
    public static ExecutionProvider cuda(int device) {
        return new ExecutionProvider("CUDA", Map.of("device_id", Integer.toString(device)));
    }

    private static List<String> names() {
        return Arrays.stream(OrtProvider.values())
                .map(ExecutionProvider::nameOf)
                .toList();
    }

    static String nameOf(OrtProvider provider) {
        return provider.getName().replace(ENDING, "");
    }

    /** Its name, and its options if there are any. */
    @Override
    public String toString() {
        return options.isEmpty() ? name : name + options;
    }
}
