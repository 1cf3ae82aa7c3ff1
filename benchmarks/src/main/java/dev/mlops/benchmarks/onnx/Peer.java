package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.onnx.model.OnnxModel;
import java.io.IOException;

/** A way to run a model on one row, from Java arrays to Java arrays, copies included. For one thread. */
interface Peer extends AutoCloseable {
    /**
     * Runs a row.
     *
     * @param inputs an array for each input, in the model's order
     * @return an array for each output, in the model's order; valid until the next run
     */
    Object[] run(NamedArray[] inputs) throws Exception;

    @Override
    void close() throws IOException;

    /**
     * The peer with the name of a method of {@link CallOverheadBenchmark} or {@link LoneCallerBenchmark}.
     *
     * @param session of ONNX Runtime's own binding, for those that use it; stays the caller's
     * @throws IllegalArgumentException if it cannot take the model's inputs or give its outputs
     */
    static Peer named(String name, BenchmarkModel model, OrtSession session) throws Exception {
        return switch (name) {
            case "documentationStyle" -> new DocumentationStyle(session, model);
            case "heapBuffer" -> new HeapBuffer(session, model);
            case "reusedDirect" -> new ReusedDirect(session, model);
            case "pinned" -> new Pinned(session, model);
            case "djl" -> new Djl(model);
            case "bound" -> new Bound(model);
            case "plain" -> new Plain(model);
            case "batched" -> new Batched(model);
            case "floor" -> Floor.of(session, model);
            default -> throw new IllegalArgumentException("no peer " + name);
        };
    }

    /** A session with one thread that does not spin, as ours have. */
    static OrtSession session(BenchmarkModel model) throws OrtException {
        // Has ours make ONNX Runtime's environment, which overflows an ordinary stack if the class path is long.
        OnnxModel.runtimeVersion();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            return OrtEnvironment.getEnvironment().createSession(model.bytes(), options);
        }
    }
}
