package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtSession;

/** The least that a run of a session can cost from Java: native calls without a check of anything. */
final class Floor {
    private Floor() {}

    /** Needs Java 22 and ONNX Runtime loaded. */
    static Peer of(OrtSession session, BenchmarkModel model) {
        try {
            return Class.forName("dev.mlops.benchmarks.onnx.ForeignFloor")
                    .asSubclass(Peer.class)
                    .getDeclaredConstructor(OrtSession.class, NamedArray[].class, NamedArray[].class)
                    .newInstance(session, model.feeds(0), model.room());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the floor needs Java 22 and a jar that was built with it", e);
        }
    }
}
