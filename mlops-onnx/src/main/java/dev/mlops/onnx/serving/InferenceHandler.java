package dev.mlops.onnx.serving;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests of the Open Inference Protocol v2 for some models; mount it at {@code /v2} of any {@code HttpServer} of
 * the JDK, in whose threads models run and bodies are read. {@link InferenceServer} has a server of its own, which takes
 * more requests a second and keeps slow clients from holding threads. Thread-safe.
 *
 * <p>Errors are {@code {"error": "…"}} with 400 for what is wrong with the request, 404 for an unknown path, model or
 * version, 405, 413, 415, and 503 when too many inferences go on, too many bytes are held or the server is closing.
 */
public final class InferenceHandler implements HttpHandler {
    private static final Logger log = LoggerFactory.getLogger(InferenceHandler.class);

    private static final int READ_AT_ONCE = 8 * 1024;

    private final InferenceProtocol protocol;

    /**
     * Creates the handler.
     *
     * @param served the models, each version of a name once
     * @param limits what it accepts; those of connections and clients are the affair of the host's server
     * @param log is told, in a line each, of requests that failed
     */
    public InferenceHandler(List<ServedModel> served, ServingLimits limits, Consumer<String> log) {
        ModelCatalog catalog = new ModelCatalog();
        served.forEach(catalog::add);
        this.protocol = new InferenceProtocol(catalog, limits, log, Runnable::run);
    }

    /** As {@link InferenceServer#serve}. */
    public void serve(ServedModel model) {
        protocol.catalog().put(model);
    }

    /** As {@link InferenceServer#withdraw}. */
    public boolean withdraw(String name, String version) {
        return protocol.catalog().remove(name, version) != null;
    }

    /** From now on answers only health and metadata requests, readiness with 503; requests that go on are finished. */
    public void drain() {
        protocol.drain();
    }

    /** How many requests are being answered. */
    public int active() {
        return protocol.active();
    }

    /** How many bytes bodies and answers take now; see {@link ServingLimits.Builder#maxHeldBytes}. */
    public long heldBytes() {
        return protocol.held().count();
    }

    @Override
    public void handle(HttpExchange http) throws IOException {
        Exchange exchange = protocol.open(new RequestHead(
                http.getRequestMethod(), http.getRequestURI().getPath(), http.getRequestHeaders()::getFirst));
        try {
            BodyBytes body = exchange.body(-1);
            Reply reply = exchange.reply() == null ? read(http, exchange, body) : exchange.reply();
            if (reply != null) {
                send(http, exchange, reply);
            } else {
                exchange.infer(body.take(), body.length(), threads(http), made -> send(http, exchange, made));
            }
        } catch (IOException | RuntimeException | Error e) {
            exchange.close();
            throw e;
        }
    }

    /** Reads a body; gives the reply to one that is not taken. */
    private static @Nullable Reply read(HttpExchange http, Exchange exchange, BodyBytes body) throws IOException {
        byte[] part = new byte[READ_AT_ONCE];
        Reply refusal = null;
        for (int read = 0;
                read >= 0 && refusal == null;
                read = http.getRequestBody().read(part)) {
            body.add(ByteBuffer.wrap(part, 0, read), false);
            refusal = exchange.refusal(body);
        }
        return refusal;
    }

    private static Executor threads(HttpExchange http) {
        @Nullable Executor threads = http.getHttpContext().getServer().getExecutor();
        return threads == null ? Runnable::run : threads;
    }

    private void send(HttpExchange http, Exchange exchange, Reply reply) {
        try (exchange;
                http) {
            byte[] body = reply.bytes();
            reply.headers().forEach(http.getResponseHeaders()::set);
            if (protocol.isDraining()) {
                http.getResponseHeaders().set("Connection", "close");
            }
            http.sendResponseHeaders(reply.status(), body.length);
            http.getResponseBody().write(body);
        } catch (IOException e) {
            log.debug("a client was gone before it was answered", e);
        }
    }
}
