package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtSession;

/** The least that a run of a session can cost from Java: one native call, with no check of anything. */
interface Floor extends AutoCloseable {
    /** Copies a row in, runs, and copies the output out. */
    void run(float[] row, float[] output);

    @Override
    void close();

    /** For a model from {@code x} to {@code y}, at one row; needs Java 22 and ONNX Runtime loaded. */
    static Floor of(OrtSession session, int inputs, int outputs) {
        try {
            return Class.forName("dev.mlops.benchmarks.onnx.ForeignFloor")
                    .asSubclass(Floor.class)
                    .getDeclaredConstructor(OrtSession.class, int.class, int.class)
                    .newInstance(session, inputs, outputs);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the floor needs Java 22 and a jar that was built with it", e);
        }
    }
}
