package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A run with memory of its own for all inputs and outputs, prepared once and made any number of times: what costs is
 * what the model computes. Made by {@link OnnxModel#bind(Map)}. On Java 22 and later a run makes no garbage; on earlier
 * releases what the Java binding of ONNX Runtime makes, some 350 bytes.
 *
 * <pre>{@code
 * try (BoundRun run = model.bind(1, 64)) {
 *     run.input("pixels").floats().put(0, pixels);
 *     run.run();
 *     run.output("probabilities").floats().get(0, probabilities);
 * }
 * }</pre>
 *
 * <p>Outputs whose shape the inputs tell are written by ONNX Runtime where {@link #output} shows them. Of others the shape
 * and the memory are those of the last run, whose bytes are copied once.
 *
 * <p>For one thread at a time; a second thread is refused while a run goes on. {@link #close()} may be called at any time
 * by any thread, and so may {@link OnnxModel#close()}, after which runs are refused.
 */
public final class BoundRun implements AutoCloseable {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int CLOSED = 2;
    private static final long WAIT_NANOS = 50_000;

    private final NativeModel model;
    private final InputBinder.Shapes shapes;
    private final List<BoundTensor> inputs;
    private final List<BoundTensor> outputs;
    /** The outputs that have no memory of ours: the indexes of {@link #outputs}. */
    private final List<Integer> unbound = new ArrayList<>();

    private final boolean hasBooleans;
    private final long[] firstShape;
    private final AtomicInteger state = new AtomicInteger(IDLE);

    /** Changed by who holds {@link #state} only, as is the call. */
    private LiveSession session;

    private NativeCall call;

    /**
     * Prepares a run.
     *
     * @param parent whose memory to use, which must be large enough; null for new memory
     */
    BoundRun(
            NativeModel model,
            LiveSession session,
            NativeCall call,
            InputBinder.Shapes shapes,
            @Nullable BoundRun parent)
            throws OrtException {
        this.model = model;
        this.session = session;
        this.call = call;
        this.shapes = shapes;
        this.inputs = inputs(parent);
        this.outputs = outputs(parent);
        this.firstShape = shapes.inputs().length == 0 ? new long[0] : shapes.inputs()[0];
        this.hasBooleans = inputs.stream().anyMatch(input -> input.elementType() == ElementType.BOOL);
    }

    private List<BoundTensor> inputs(@Nullable BoundRun parent) throws OrtException {
        List<BoundTensor> made = new ArrayList<>();
        for (int i = 0; i < shapes.inputSpecs().size(); i++) {
            BoundTensor input = new BoundTensor(shapes.inputSpecs().get(i));
            long[] shape = shapes.inputs()[i];
            ByteBuffer memory = memory(input.elementType(), shape, parent == null ? null : parent.inputs.get(i));
            input.stand(memory, shape);
            call.input(i, input.elementType(), memory, shape);
            made.add(input);
        }
        return List.copyOf(made);
    }

    private List<BoundTensor> outputs(@Nullable BoundRun parent) throws OrtException {
        List<BoundTensor> made = new ArrayList<>();
        for (int i = 0; i < shapes.outputSpecs().size(); i++) {
            BoundTensor output = new BoundTensor(shapes.outputSpecs().get(i));
            made.add(output);
            long[] shape = shapes.outputs()[i];
            if (shape == null) {
                unbound.add(i);
            } else {
                ByteBuffer memory = memory(output.elementType(), shape, parent == null ? null : parent.outputs.get(i));
                output.stand(memory, shape);
                call.output(i, output.elementType(), memory, shape);
            }
        }
        return List.copyOf(made);
    }

    LiveSession session() {
        return session;
    }

    NativeCall call() {
        return call;
    }

    InputBinder.Shapes shapes() {
        return shapes;
    }

    /** Has runs from now on made by a call of another session, on the same memory. */
    void changeOver(LiveSession other, NativeCall made) throws OrtException {
        for (int i = 0; i < inputs.size(); i++) {
            BoundTensor input = inputs.get(i);
            made.input(i, input.elementType(), Objects.requireNonNull(input.memory()), shapes.inputs()[i]);
        }
        for (int i = 0; i < outputs.size(); i++) {
            BoundTensor output = outputs.get(i);
            long[] shape = shapes.outputs()[i];
            if (shape != null) {
                made.output(i, output.elementType(), Objects.requireNonNull(output.memory()), shape);
            }
        }
        session = other;
        call = made;
    }

    private static ByteBuffer memory(ElementType type, long[] shape, @Nullable BoundTensor parent) {
        ByteBuffer shared = parent == null ? null : parent.memory();
        if (shared != null) {
            return shared;
        }
        long bytes = (long) Elements.count(shape) * Elements.bytes(type);
        if (bytes > Integer.MAX_VALUE) {
            throw new InvalidInputException("bound tensor", bytes + " bytes", "must be less than 2 GiB");
        }
        return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    }

    /** The memory of an input, zero at first; what stands there stays from run to run. */
    public BoundTensor input(String name) {
        return named("input", name, inputs);
    }

    /** The memory of an output. */
    public BoundTensor output(String name) {
        return named("output", name, outputs);
    }

    /** An input by its place in the signature. */
    public BoundTensor input(int index) {
        return inputs.get(index);
    }

    /** An output by its place in the signature, or in the request. */
    public BoundTensor output(int index) {
        return outputs.get(index);
    }

    private static BoundTensor named(String kind, String name, List<BoundTensor> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            if (tensors.get(i).name().equals(name)) {
                return tensors.get(i);
            }
        }
        throw new InvalidInputException(
                kind,
                name,
                "is not among those of the run, "
                        + tensors.stream().map(BoundTensor::name).toList());
    }

    /** The inputs in the order of the signature. */
    public List<BoundTensor> inputs() {
        return inputs;
    }

    /** The outputs in the order of the signature, or of the request. */
    public List<BoundTensor> outputs() {
        return outputs;
    }

    /**
     * Runs the model on what stands in the inputs.
     *
     * @throws InvalidInputException if a BOOL input holds another byte than 0 or 1, or the model fails on these values or
     *     does not keep to the output shapes that it declares ({@link OnnxModel#run} can do with that)
     * @throws ConflictException if another thread runs this now
     * @throws UnavailableException if this or the model is closed
     * @throws CancelledException if the model was closed meanwhile and the grace for this run is over
     */
    public void run() {
        run(RunLimits.NONE);
    }

    /**
     * Runs the model as {@link #run()}, but not for longer than {@code limits} say.
     *
     * @throws CancelledException also if the run was ended by its limits; what stands in the outputs then is undefined
     */
    public void run(RunLimits limits) {
        if (!state.compareAndSet(IDLE, RUNNING)) {
            throw refusal();
        }
        RunMeter counting = model.meter();
        long start = counting == null ? 0 : System.nanoTime();
        try {
            if (hasBooleans) {
                for (int i = 0; i < inputs.size(); i++) {
                    inputs.get(i).checkBooleans();
                }
            }
            model.run(this, limits);
            if (counting != null) {
                counting.succeeded(firstShape, System.nanoTime() - start);
            }
        } catch (RuntimeException e) {
            if (counting != null) {
                counting.failed(e, limits, System.nanoTime() - start);
            }
            throw e;
        } finally {
            state.set(IDLE);
        }
    }

    private RuntimeException refusal() {
        return state.get() == CLOSED
                ? new UnavailableException("this bound run of the ONNX model " + model.name() + " is closed")
                : new ConflictException(
                        "this bound run of the ONNX model %s is going on in another thread; bind one for each thread"
                                .formatted(model.name()));
    }

    /**
     * A run on fewer rows, that is with a smaller first dimension of every input, that stands in the memory of this one:
     * what is written to the rows of one is in the other. They may be used in turn but not at once, and each is closed by
     * itself.
     *
     * @param rows at least 1 and at most as many as this has
     * @throws InvalidInputException if an input has no open first dimension or fewer rows
     */
    public BoundRun withRows(int rows) {
        return model.bind(shapes.withRows(rows), this);
    }

    /** Takes the outputs that ONNX Runtime made room for, while it still has them. */
    void takeUnbound() throws OrtException {
        for (int i = 0; i < unbound.size(); i++) {
            int index = unbound.get(i);
            BoundTensor output = outputs.get(index);
            long[] shape = call.shape(index);
            output.stand(call.copy(index, output.memory()), shape);
        }
        if (!unbound.isEmpty()) {
            call.release();
        }
    }

    /** Frees the native memory once a run that goes on is over. Idempotent. */
    @Override
    public void close() {
        while (!state.compareAndSet(IDLE, CLOSED)) {
            if (state.get() == CLOSED) {
                return;
            }
            LockSupport.parkNanos(WAIT_NANOS);
        }
        model.forget(call);
    }

    /** The model, how it is called, and the inputs and outputs. */
    @Override
    public String toString() {
        return "bound run of %s by %s %s -> %s".formatted(model.name(), call.describe(), inputs, outputs);
    }
}
