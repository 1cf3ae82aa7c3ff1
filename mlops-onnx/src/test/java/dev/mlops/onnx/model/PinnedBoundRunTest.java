package dev.mlops.onnx.model;

/** Through the Java binding on every JVM. */
class PinnedBoundRunTest extends BoundRunContract {
    @Override
    boolean foreignFunctions() {
        return false;
    }
}
