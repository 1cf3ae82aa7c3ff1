package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.onnx.testing.TestModels;
import org.junit.jupiter.api.Test;

/** As this JVM calls ONNX Runtime best. */
class BoundRunTest extends BoundRunContract {
    @Override
    boolean foreignFunctions() {
        return true;
    }

    @Test
    void saysHowItCalls() {
        try (OnnxModel model = OnnxModel.load("relu", TestModels.relu(), OnnxOptions.DEFAULT);
                BoundRun run = model.bind(1, 4)) {
            String wanted = Runtime.version().feature() >= 22 ? "foreign functions" : "pinned outputs";
            assertThat(run.toString()).contains("relu by " + wanted);
        }
    }
}
