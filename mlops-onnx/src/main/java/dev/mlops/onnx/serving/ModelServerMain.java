package dev.mlops.onnx.serving;

import dev.mlops.api.error.MlopsException;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Serves one model until the process is told to end (SIGTERM, SIGINT): what runs on an edge device. Prints one line when
 * it is ready and one for each request that failed; ends with status 1 and one line of error when the model or the
 * arguments are bad.
 */
public final class ModelServerMain {
    private static final String NO_UNSAFE = "io.netty.noUnsafe";
    private static final int FIRST_TO_WARN = 24;
    private static final Duration GRACE = Duration.ofSeconds(8);
    private static final PrintStream OUTPUT = utf8(FileDescriptor.out);
    private static final PrintStream ERRORS = utf8(FileDescriptor.err);

    private ModelServerMain() {}

    /** Starts the server: {@code --model PATH --name NAME --version VERSION [--host] [--port] [--threads]}. */
    public static void main(String[] arguments) {
        keepQuiet(Runtime.version());
        try {
            serve(ServerArguments.parse(arguments));
        } catch (MlopsException e) {
            ERRORS.println("error: " + String.valueOf(e.getMessage()).replace('\n', ' '));
            System.exit(1);
        }
    }

    /** Newer JDKs print a warning when Netty uses memory in the way that is fastest on old ones, unless it is told not to. */
    static void keepQuiet(Runtime.Version java) {
        if (java.feature() >= FIRST_TO_WARN && System.getProperty(NO_UNSAFE) == null) {
            System.setProperty(NO_UNSAFE, "true");
        }
    }

    private static void serve(ServerArguments arguments) {
        OnnxModel model = OnnxModel.load(
                arguments.model(), OnnxOptions.builder().intraOpThreads(1).build());
        ServingLimits limits = ServingLimits.builder()
                .concurrency(arguments.threads())
                .queueTimeout(Duration.ofSeconds(5))
                .clientTimeout(Duration.ofSeconds(60))
                .build();
        InferenceServer server = start(arguments, model, limits);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(arguments, server), "mlops-stop"));
        OUTPUT.println("serving %s:%s %s on %s"
                .formatted(
                        arguments.name(), arguments.version(), model.signature(), server.endpoint(arguments.name())));
    }

    private static InferenceServer start(ServerArguments arguments, OnnxModel model, ServingLimits limits) {
        try {
            return InferenceServer.builder()
                    .serve(arguments.name(), arguments.version(), model)
                    .host(arguments.host())
                    .port(arguments.port())
                    .limits(limits)
                    .grace(GRACE)
                    .onFailure(OUTPUT::println)
                    .start();
        } catch (MlopsException e) {
            model.close();
            throw e;
        }
    }

    /**
     * Lets requests finish. The model is not closed: the process ends, and ONNX Runtime frees its environment in a hook
     * of its own at the same time.
     */
    private static void stop(ServerArguments arguments, InferenceServer server) {
        server.close();
        OUTPUT.println("stopped %s:%s".formatted(arguments.name(), arguments.version()));
    }

    /** UTF-8 whatever the locale says: in a container it is often POSIX, where signatures would lose characters. */
    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
