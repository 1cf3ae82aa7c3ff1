package dev.mlops.onnx.serving;

import com.sun.net.httpserver.HttpServer;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.model.OnnxModel;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server for models over the Open Inference Protocol v2. Thread-safe.
 *
 * <pre>{@code
 * try (OnnxModel model = OnnxModel.load(file);
 *         InferenceServer server = InferenceServer.builder().serve("digits", "3", model).port(8080).start()) {
 *     server.endpoint("digits");   // http://127.0.0.1:8080/v2/models/digits
 * }
 * }</pre>
 */
public final class InferenceServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(InferenceServer.class);
    private static final Duration POLL = Duration.ofMillis(5);

    static {
        // The JDK's server reads this once; without it Nagle's algorithm delays small answers by 40 ms.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final HttpServer server;
    private final InferenceHandler handler;
    private final ExecutorService executor;
    private final Duration grace;
    private final AtomicBoolean closed = new AtomicBoolean();

    private InferenceServer(HttpServer server, InferenceHandler handler, ExecutorService executor, Duration grace) {
        this.server = server;
        this.handler = handler;
        this.executor = executor;
        this.grace = grace;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Where a model is, such as {@code http://127.0.0.1:8080/v2/models/digits}. */
    public URI endpoint(String model) {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().getHostAddress();
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://%s:%d/v2/models/%s".formatted(shown, address.getPort(), model));
    }

    /** How many requests are being answered. */
    public int active() {
        return handler.active();
    }

    /**
     * Answers no new inference, waits up to the grace for those that go on, and stops listening. The models stay open.
     * Idempotent.
     */
    @Override
    public void close() {
        close(grace);
    }

    /** {@link #close()} with another grace. */
    public void close(Duration limit) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        handler.drain();
        awaitIdle(limit);
        server.stop(0);
        executor.shutdownNow();
    }

    private void awaitIdle(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (handler.active() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(POLL.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Builds a server; not thread-safe. */
    public static final class Builder {
        private final List<ServedModel> models = new ArrayList<>();
        private String host = "127.0.0.1";
        private int port;
        private ServingLimits limits = ServingLimits.DEFAULT;
        private Duration grace = Duration.ofSeconds(10);
        private Consumer<String> failures = line -> log.debug("{}", line);

        private Builder() {}

        /** Serves a model under a name and version; at least one. */
        public Builder serve(String name, String version, OnnxModel model) {
            models.add(new ServedModel(name, version, model));
            return this;
        }

        /** The address to listen on; {@code 127.0.0.1} by default. */
        public Builder host(String address) {
            host = address;
            return this;
        }

        /** The port to listen on; 0, the default, for any that is free. */
        public Builder port(int number) {
            if (number < 0 || number > 65535) {
                throw new InvalidInputException("port", number, "must be 0 to 65535");
            }
            port = number;
            return this;
        }

        /** What it accepts; {@link ServingLimits#DEFAULT} by default. */
        public Builder limits(ServingLimits accepted) {
            limits = accepted;
            return this;
        }

        /** How long {@link InferenceServer#close()} waits for requests; 10 seconds by default. */
        public Builder grace(Duration limit) {
            grace = limit;
            return this;
        }

        /** Is told, in a line each, of requests that failed; by default they are logged at DEBUG. */
        public Builder onFailure(Consumer<String> line) {
            failures = line;
            return this;
        }

        /**
         * Starts listening.
         *
         * @throws UnavailableException if the port is taken or the address cannot be used; names both
         */
        public InferenceServer start() {
            if (models.isEmpty()) {
                throw new InvalidInputException("models", models, "must hold at least one model to serve");
            }
            InferenceHandler handler = new InferenceHandler(models, limits, failures);
            HttpServer server = listen();
            // Beside those that infer, some threads for waiting ones and for health requests.
            ExecutorService executor = Executors.newFixedThreadPool(limits.concurrency() * 2 + 4, Builder::thread);
            server.setExecutor(executor);
            server.createContext("/", handler);
            server.start();
            return new InferenceServer(server, handler, executor, grace);
        }

        private HttpServer listen() {
            try {
                InetSocketAddress address = new InetSocketAddress(host, port);
                if (address.isUnresolved()) {
                    throw new UnavailableException("cannot listen on " + host + ": the host is unknown");
                }
                return HttpServer.create(address, 0);
            } catch (BindException e) {
                throw new UnavailableException("cannot listen on %s:%d: %s".formatted(host, port, e.getMessage()), e);
            } catch (IOException e) {
                throw new UnavailableException("cannot listen on %s:%d".formatted(host, port), e);
            }
        }

        private static Thread thread(Runnable task) {
            Thread thread = new Thread(task, "mlops-inference-" + THREADS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }

        private static final AtomicInteger THREADS = new AtomicInteger();
    }
}
