package dev.mlops.onnx.safety;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.testing.ChildJvm;
import dev.mlops.onnx.testing.TestModels;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM that has less memory than a run asks for. */
@Timeout(120)
class OutOfMemoryTest {
    /** Would soon exceed the direct memory if a failure left some of it, or a native tensor over it, behind. */
    private static final int FAILURES = 8;

    private static final int TOO_MANY_ROWS = 3 << 20;

    @Test
    void aTensorThatDoesNotFitFailsItsRunAndNoOther() throws Exception {
        List<String> options = List.of("-Xmx256m", "-XX:MaxDirectMemorySize=24m");

        String told = ChildJvm.start(Program.class, options).awaitExit(0);

        assertThat(told).contains("direct memory failed %d times".formatted(3 * FAILURES), "heap failed", "then 2.0");
    }

    /** The child. */
    static final class Program {
        private Program() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) {
            OnnxOptions options = OnnxOptions.builder().intraOpThreads(1).build();
            int failures = 0;
            try (OnnxModel model = OnnxModel.load("relu", TestModels.relu(), options);
                    BoundRun before = model.bind(1 << 10, 4)) {
                Tensor large = Tensor.floats(new float[4 * TOO_MANY_ROWS], TOO_MANY_ROWS, 4);
                for (int i = 0; i < FAILURES; i++) {
                    failures += fails(() -> model.run(large));
                    failures += fails(() -> model.bind(TOO_MANY_ROWS, 4));
                    // The input finds room and the output does not.
                    failures += fails(() -> model.bind(1 << 20, 4));
                    check(model, before);
                }
                System.out.println("direct memory failed " + failures + " times");
                if (fails(() -> Tensor.floats(new float[1 << 28], 1 << 28)) == 1) {
                    System.out.println("heap failed");
                }
                check(model, before);
                System.out.println(
                        "then " + model.run(new float[] {-1, 2, -3, 4}).floats("y")[1]);
            }
        }

        private static void check(OnnxModel model, BoundRun before) {
            assertThat(model.run(new float[] {-1, 2, -3, 4}).floats("y")).containsExactly(0, 2, 0, 4);
            before.input("x").floats().put(0, 7);
            before.run();
            assertThat(before.output("y").floats().get(0)).isEqualTo(7);
        }

        private static int fails(Runnable work) {
            try {
                work.run();
                return 0;
            } catch (OutOfMemoryError e) {
                return 1;
            }
        }
    }
}
