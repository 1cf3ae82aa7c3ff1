package dev.mlops.onnx.serving;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.routing.ModelRouter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server for models over the Open Inference Protocol v2, with the binary tensor data and classification extensions of
 * Triton Inference Server. Thread-safe.
 *
 * <pre>{@code
 * try (OnnxModel model = OnnxModel.load(file);
 *         InferenceServer server = InferenceServer.builder().serve("digits", "3", model).port(8080).start()) {
 *     server.endpoint("digits");   // http://127.0.0.1:8080/v2/models/digits
 * }
 * }</pre>
 *
 * <p>It listens with Netty 4.1, which uses {@code sun.misc.Unsafe}: a JDK of 24 or later prints a warning of four lines when
 * the first server starts. There is none if the system property {@code io.netty.noUnsafe} is {@code true} before anything
 * in the process uses Netty, best by {@code -Dio.netty.noUnsafe=true}; Netty then frees some memory later. As that is for
 * all that uses Netty, it is left to the program; {@link ModelServerMain} does so where nothing else is said.
 */
public final class InferenceServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(InferenceServer.class);
    private static final Duration POLL = Duration.ofMillis(5);

    private final HttpListener listener;
    private final InferenceProtocol protocol;
    private final ExecutorService threads;
    private final Duration grace;
    private final AtomicBoolean closed = new AtomicBoolean();

    private InferenceServer(
            HttpListener listener, InferenceProtocol protocol, ExecutorService threads, Duration grace) {
        this.listener = listener;
        this.protocol = protocol;
        this.threads = threads;
        this.grace = grace;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The port that it listens on. */
    public int port() {
        return listener.address().getPort();
    }

    /** Where a model is, such as {@code http://127.0.0.1:8080/v2/models/digits}. */
    public URI endpoint(String model) {
        InetSocketAddress address = listener.address();
        String host = address.getAddress().getHostAddress();
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://%s:%d/v2/models/%s".formatted(shown, address.getPort(), model));
    }

    /**
     * Serves a model from now on. If one is served under this name and version, it takes that one's place, which may be
     * closed then: requests that come too late for the one are run by the other.
     */
    public void serve(ServedModel model) {
        protocol.catalog().put(model);
    }

    /** Serves a version of a model no longer, and leaves it open; false if it was not served. */
    public boolean withdraw(String name, String version) {
        return protocol.catalog().remove(name, version) != null;
    }

    /** How many requests are being answered. */
    public int active() {
        return protocol.active();
    }

    /** How many bytes bodies and answers take now; see {@link ServingLimits.Builder#maxHeldBytes}. */
    public long heldBytes() {
        return protocol.held().count();
    }

    /**
     * Answers no new inference, waits up to the grace for those that go on, answers what is left then with 503, and stops
     * listening: a client that does not take its answer is cut off after a second. The models stay open, and runs that have
     * begun go on to their end. Idempotent.
     */
    @Override
    public void close() {
        close(grace);
    }

    /** {@link #close()} with another grace, which must not be negative. */
    public void close(Duration limit) {
        checkGrace(limit);
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        protocol.drain();
        awaitIdle(limit);
        protocol.slots().close();
        listener.close();
        threads.shutdown();
    }

    private static void checkGrace(Duration grace) {
        if (grace.isNegative()) {
            throw new InvalidInputException("grace", grace, "must not be negative");
        }
    }

    private void awaitIdle(Duration limit) {
        long begun = System.nanoTime();
        long most = TimeUnit.NANOSECONDS.convert(limit);
        try {
            while (protocol.active() > 0 && System.nanoTime() - begun < most) {
                Thread.sleep(POLL.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Builds a server; not thread-safe. */
    public static final class Builder {
        private final ModelCatalog models = new ModelCatalog();
        private String host = "127.0.0.1";
        private int port;
        private ServingLimits limits = ServingLimits.DEFAULT;
        private Duration grace = Duration.ofSeconds(10);
        private Consumer<String> failures = line -> log.debug("{}", line);

        private Builder() {}

        /** Serves a model under a name and version, each request as a run of its own; at least one model is needed. */
        public Builder serve(String name, String version, OnnxModel model) {
            return serve(ServedModel.of(name, version, model));
        }

        /** Serves a model under a name and version, requests that come at the same time together. */
        public Builder serve(String name, String version, BatchingModel model) {
            return serve(ServedModel.of(name, version, model));
        }

        /** Serves what a router chooses under a name and version. */
        public Builder serve(String name, String version, ModelRouter router) {
            return serve(ServedModel.of(name, version, router));
        }

        /** Serves a model; a name may have several versions. */
        public Builder serve(ServedModel model) {
            models.add(model);
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
            checkGrace(limit);
            grace = limit;
            return this;
        }

        /** Is told, in a line each, of requests that failed; by default they are logged at DEBUG. */
        public Builder onFailure(Consumer<String> line) {
            failures = line;
            return this;
        }

        /**
         * Starts listening. What this builder is told later, and what other servers of it serve, changes nothing here.
         *
         * @throws UnavailableException if the port is taken or the address cannot be used; names both
         */
        public InferenceServer start() {
            if (models.all().isEmpty()) {
                throw new InvalidInputException("models", models.all(), "must hold at least one model to serve");
            }
            ExecutorService threads = Executors.newFixedThreadPool(limits.concurrency(), Builder::thread);
            ModelCatalog served = new ModelCatalog();
            models.all().forEach(served::put);
            InferenceProtocol protocol = new InferenceProtocol(served, limits, failures, threads);
            try {
                HttpListener listener = HttpListener.start(host, port, protocol, threads, Builder::connectionThread);
                return new InferenceServer(listener, protocol, threads, grace);
            } catch (UnavailableException e) {
                threads.shutdown();
                throw e;
            }
        }

        /** Keeps the process alive as long as the server listens. */
        private static Thread connectionThread(Runnable task) {
            Thread thread = thread(task);
            thread.setDaemon(false);
            return thread;
        }

        private static Thread thread(Runnable task) {
            Thread thread = new Thread(task, "mlops-inference-" + THREADS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }

        private static final AtomicInteger THREADS = new AtomicInteger();
    }
}
