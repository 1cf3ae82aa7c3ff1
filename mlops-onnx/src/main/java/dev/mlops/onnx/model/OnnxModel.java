package dev.mlops.onnx.model;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model, loaded into ONNX Runtime and ready to run. Thread-safe: any number of threads may run it at once, each
 * run works in memory of its own, and what was used once is kept for the next run. Inputs are checked against the
 * signature before native code sees them; results are copies in Java memory.
 *
 * <p>{@link #close()} may be called at any time and from any thread: runs that go on are waited for, and nothing native
 * is touched after it was freed.
 *
 * <pre>{@code
 * try (OnnxModel model = OnnxModel.load(Path.of("digits.onnx"))) {
 *     float[] scores = model.run(Tensor.floats(pixels, 1, 64)).floats("probabilities");
 * }
 * }</pre>
 */
public final class OnnxModel implements AutoCloseable {
    private final String name;
    private final Signature signature;
    private final InputBinder binder;
    private final NativeModel natives;
    private final ModelRuntime runtime;
    private final @Nullable RunMeter meter;
    /** The outputs as the session gives them, which are matrices where a ZipMap node was taken out. */
    private final List<ValueSpec> given;

    private final Map<String, List<Object>> labels;
    private final List<String> outputNames;
    private final int[] allOutputs;

    OnnxModel(
            String name,
            Signature signature,
            Map<String, ValueType> inputs,
            Map<String, List<Object>> labels,
            NativeModel natives,
            ModelRuntime runtime) {
        this.name = name;
        this.signature = signature;
        this.binder = new InputBinder(signature, inputs);
        this.natives = natives;
        this.runtime = runtime;
        this.meter = natives.meter();
        this.given = natives.signature().outputs();
        this.labels = labels;
        this.outputNames = signature.outputs().stream().map(ValueSpec::name).toList();
        this.allOutputs = new int[outputNames.size()];
        for (int i = 0; i < allOutputs.length; i++) {
            allOutputs[i] = i;
        }
    }

    /** The version of ONNX Runtime in use, such as {@code 1.29.0}; loads the native library. */
    public static String runtimeVersion() {
        return SharedEnvironment.get().getVersion();
    }

    /** Loads a model file with {@link OnnxOptions#DEFAULT}; see {@link #load(Path, OnnxOptions)}. */
    public static OnnxModel load(Path file) {
        return load(file, OnnxOptions.DEFAULT);
    }

    /**
     * Loads a model file. Weights in external files are looked for beside it.
     *
     * @throws InvalidInputException if the file does not exist, is empty or too large, is no model that this ONNX Runtime
     *     runs, or takes or gives values that cannot be handled safely from Java; names the file and the reason
     * @throws UnavailableException if the disk cannot be read
     */
    public static OnnxModel load(Path file, OnnxOptions options) {
        return ModelLoader.load(file, options);
    }

    /**
     * Loads a model from bytes, which may be changed afterwards.
     *
     * @param name what to call the model in messages
     * @throws InvalidInputException as for {@link #load(Path, OnnxOptions)}
     */
    public static OnnxModel load(String name, byte[] bytes, OnnxOptions options) {
        return ModelLoader.load(name, bytes, options);
    }

    /** The file name, or the name that the model was loaded under. */
    public String name() {
        return name;
    }

    /** How it is run, as it was really chosen: the execution providers, the threads, the way of calling. */
    public ModelRuntime runtime() {
        return runtime;
    }

    /** What the model takes and gives. */
    public Signature signature() {
        return signature;
    }

    /**
     * Runs the model.
     *
     * @param inputs a value for each input by name; an optional one may be left out or {@link Value.Absent}
     * @return all outputs; an optional one that has no value is {@link Value.Absent}
     * @throws InvalidInputException if an input is missing or unknown, or its type or shape does not fit the signature,
     *     or the model fails on these values; names the input and the dimension
     * @throws UnavailableException if the model is closed
     * @throws CancelledException if the model was closed meanwhile and the grace for this run is over
     */
    public Result run(Map<String, ? extends Value> inputs) {
        return run(inputs, allOutputs, outputNames, RunLimits.NONE);
    }

    /**
     * Runs the model as {@link #run(Map)}, but not for longer than {@code limits} say.
     *
     * @throws CancelledException also if the run was ended by its limits
     */
    public Result run(Map<String, ? extends Value> inputs, RunLimits limits) {
        return run(inputs, allOutputs, outputNames, limits);
    }

    /**
     * Runs the model for some of its outputs; what they do not need is not computed.
     *
     * @param outputs the names of the outputs, each once, at least one
     * @throws InvalidInputException also if an output is unknown or named twice
     */
    public Result run(Map<String, ? extends Value> inputs, List<String> outputs) {
        return run(inputs, indexes(outputs), List.copyOf(outputs), RunLimits.NONE);
    }

    /** Runs a model that has one input; otherwise as {@link #run(Map)}. */
    public Result run(Value input) {
        return run(Map.of(binder.onlyInput().name(), input));
    }

    /**
     * Runs a model that has one FLOAT input with at most one open dimension, which the length of the data decides;
     * otherwise as {@link #run(Map)}. The array is read until this returns.
     */
    public Result run(float[] input) {
        return run(binder.single(input));
    }

    /**
     * Prepares runs on inputs of these shapes, for all outputs; that of a ZipMap node is the matrix of scores where the node
     * could be taken out (see {@link Result#classScores}).
     *
     * @param shapes the shape of each input by name
     * @return the run, for one thread at a time; freed by its own {@link BoundRun#close()} or that of the model
     * @throws InvalidInputException if a shape is missing, unknown or does not fit the signature, or an input or output is
     *     no tensor or one of strings, for which there is {@link #run(Map)}
     * @throws UnavailableException if the model is closed
     */
    public BoundRun bind(Map<String, long[]> shapes) {
        return bind(shapes, outputNames);
    }

    /** Prepares runs of a model that has one input; otherwise as {@link #bind(Map)}. */
    public BoundRun bind(long... shape) {
        return bind(Map.of(binder.onlyInput().name(), shape));
    }

    /**
     * Prepares runs for some of the outputs; what they do not need is not computed.
     *
     * @param outputs the names of the outputs, each once, at least one
     */
    public BoundRun bind(Map<String, long[]> shapes, List<String> outputs) {
        List<ValueSpec> specs = new ArrayList<>();
        for (int index : indexes(outputs)) {
            specs.add(given.get(index));
        }
        signature.inputs().forEach(OnnxModel::checkBindable);
        specs.forEach(OnnxModel::checkBindable);
        return natives.bind(binder.bindShapes(shapes, List.copyOf(specs)), null);
    }

    private static void checkBindable(ValueSpec spec) {
        ElementType type = spec.elementType();
        if (spec.kind() != ValueKind.TENSOR || type == null || Elements.bytes(type) == 0) {
            throw new InvalidInputException(
                    "'" + spec.name() + "'", spec, "cannot be bound to memory; use run, or bind other outputs only");
        }
    }

    private Result run(Map<String, ? extends Value> inputs, int[] wanted, List<String> names, RunLimits limits) {
        RunMeter counting = meter;
        if (counting == null) {
            return runUncounted(inputs, wanted, names, limits);
        }
        long start = System.nanoTime();
        try {
            return runUncounted(inputs, wanted, names, limits);
        } catch (RuntimeException e) {
            counting.failed(e, limits, System.nanoTime() - start);
            throw e;
        }
    }

    private Result runUncounted(
            Map<String, ? extends Value> inputs, int[] wanted, List<String> names, RunLimits limits) {
        InputBinder.Bound bound = binder.bind(inputs);
        long[] @Nullable [] shapes = new long[allOutputs.length][];
        for (int index : wanted) {
            shapes[index] = binder.outputShape(given.get(index), bound);
        }
        return new Result(names, natives.run(bound.values(), wanted, shapes, limits), labels);
    }

    private int[] indexes(List<String> outputs) {
        if (outputs.isEmpty() || new HashSet<>(outputs).size() != outputs.size()) {
            throw new InvalidInputException("outputs", outputs, "must name at least one output, each once");
        }
        return outputs.stream().mapToInt(this::index).toArray();
    }

    private int index(String output) {
        int index = outputNames.indexOf(output);
        if (index < 0) {
            throw new InvalidInputException("output", output, "is not among those of the model, " + outputNames);
        }
        return index;
    }

    /**
     * Checks inputs as {@link #run(Map)} does, without a run.
     *
     * @throws InvalidInputException if an input is missing or unknown, or its type or shape does not fit the signature
     */
    public void check(Map<String, ? extends Value> inputs) {
        binder.bind(inputs);
    }

    /**
     * Whether the constant matrices were copied into the order that ONNX Runtime reads best: true unless the model was loaded
     * with {@link Packing#NEVER}, or with {@link Packing#IN_BACKGROUND} from the cache and that goes on.
     */
    public boolean isPacked() {
        return natives.isPacked();
    }

    /** False once this was told to close. */
    public boolean isOpen() {
        return natives.isOpen();
    }

    /** How many runs are going on now. */
    int runs() {
        return natives.runs();
    }

    /**
     * Lets no run in any more, waits for those that go on up to {@link OnnxOptions#closeGrace()}, ends the ones that are
     * left, and frees the native memory. Idempotent; when interrupted it ends them at once.
     */
    @Override
    public void close() {
        natives.close();
    }

    /** Closes this as {@link #close()} does, but waits so long for runs that go on before it ends them. */
    public void drain(Duration grace) {
        if (grace.isNegative()) {
            throw new InvalidInputException("grace", grace, "must not be negative");
        }
        natives.close(grace);
    }

    /** Its name and signature. */
    @Override
    public String toString() {
        return name + signature;
    }
}
