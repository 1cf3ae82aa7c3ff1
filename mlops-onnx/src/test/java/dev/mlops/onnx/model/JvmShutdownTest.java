package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import dev.mlops.onnx.testing.ChildJvm;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What would crash a JVM, in one of its own that has to survive it. */
@Timeout(60)
class JvmShutdownTest {
    private static final int SURVIVED = 7;

    @RepeatedTest(3)
    void survivesEndingWhileModelsRun() throws Exception {
        assertSurvives("run");
    }

    @RepeatedTest(5)
    void survivesEndingWhileModelsAreLoaded() throws Exception {
        assertSurvives("load");
    }

    @Test
    void usesAnEnvironmentThatAnotherLibraryCreatedFirst() throws Exception {
        assertSurvives("named-environment");
        assertSurvives("environment-with-threads");
    }

    @Test
    void survivesALongCommandLine() throws Exception {
        String longPath = "-Dlong=" + "/some/where/a-library-with-a-long-name-1.2.3.jar:".repeat(1000);

        ChildJvm.start(Program.class, List.of(longPath), "run").awaitExit(SURVIVED);
    }

    private static void assertSurvives(String mode) throws IOException, InterruptedException {
        ChildJvm.start(Program.class, List.of(), mode).awaitExit(SURVIVED);
    }

    /** The child: uses models from daemon threads and ends in the midst of it. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            String mode = arguments[0];
            prepare(mode);
            // Whoever created the environment: a model that would share threads runs on its own if there are none to
            // share.
            OnnxModel model = OnnxModel.load(
                    "relu",
                    TestModels.relu(),
                    OnnxOptions.builder().sharedThreads().build());
            if (mode.contains("environment") != model.runtime().threads().contains("another library")) {
                throw new IllegalStateException(model.runtime().toString());
            }
            for (int i = 0; i < 3; i++) {
                Thread thread = new Thread(() -> use(model, mode));
                thread.setDaemon(true);
                thread.start();
            }
            Thread.sleep(100);
            if (model.run(new float[] {-1, 1, -2, 2}).floats("y")[3] == 2) {
                System.exit(SURVIVED);
            }
        }

        private static void prepare(String mode) throws OrtException {
            if (mode.equals("named-environment")) {
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "somebody-else");
            } else if (mode.equals("environment-with-threads")) {
                OrtEnvironment.ThreadingOptions options = new OrtEnvironment.ThreadingOptions();
                options.setGlobalIntraOpNumThreads(1);
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "somebody-else", options);
            }
        }

        private static void use(OnnxModel model, String mode) {
            for (List<Integer> forever = List.of(1); !forever.isEmpty(); ) {
                if (mode.equals("load")) {
                    OnnxModel.load("relu", TestModels.relu(), OnnxOptions.DEFAULT)
                            .close();
                } else {
                    model.run(new float[4]);
                }
            }
        }
    }
}
