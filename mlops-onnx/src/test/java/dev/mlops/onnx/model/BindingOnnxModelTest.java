package dev.mlops.onnx.model;

/** Through the Java binding on every JVM. */
class BindingOnnxModelTest extends OnnxModelTest {
    @Override
    boolean foreignFunctions() {
        return false;
    }
}
