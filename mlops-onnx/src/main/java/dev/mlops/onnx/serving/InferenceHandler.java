package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.model.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Answers requests of the Open Inference Protocol v2 for some models; mount it at {@code /v2} of any {@code HttpServer}.
 * Errors are {@code {"error": "…"}} with 400 for what is wrong with the request, 404 for an unknown path, model or
 * version, 405, 413, and 503 when too many inferences go on or the server is closing. Thread-safe.
 */
public final class InferenceHandler implements HttpHandler {
    private static final String VERSION = "2";

    private final Map<String, ServedModel> models = new LinkedHashMap<>();
    private final int maxRequestBytes;
    private final Semaphore slots;
    private final Duration queueTimeout;
    private final Consumer<String> log;
    private final AtomicInteger active = new AtomicInteger();

    private volatile boolean draining;

    /**
     * Creates the handler.
     *
     * @param served the models, each name once
     * @param limits what it accepts
     * @param log is told, in a line each, of requests that failed
     */
    public InferenceHandler(List<ServedModel> served, ServingLimits limits, Consumer<String> log) {
        for (ServedModel model : served) {
            if (models.put(model.name(), model) != null) {
                throw new InvalidInputException("model name", model.name(), "is served twice");
            }
        }
        this.maxRequestBytes = limits.maxRequestBytes();
        this.slots = new Semaphore(limits.concurrency());
        this.queueTimeout = limits.queueTimeout();
        this.log = log;
    }

    /** From now on answers only health requests, readiness with 503; requests that go on are finished. */
    public void drain() {
        draining = true;
    }

    /** How many requests are being answered. */
    public int active() {
        return active.get();
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        active.incrementAndGet();
        try (exchange) {
            Answer answer = answer(exchange);
            if (answer.status >= 400) {
                log.accept("%s %s: %d %s"
                        .formatted(
                                exchange.getRequestMethod(),
                                exchange.getRequestURI().getRawPath(),
                                answer.status,
                                new String(answer.body, StandardCharsets.UTF_8)));
            }
            send(exchange, answer);
        } finally {
            active.decrementAndGet();
        }
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (draining) {
            exchange.getResponseHeaders().set("Connection", "close");
        }
        if (answer.status == 503) {
            exchange.getResponseHeaders().set("Retry-After", "1");
        }
        exchange.sendResponseHeaders(answer.status, answer.body.length);
        exchange.getResponseBody().write(answer.body);
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        try {
            return route(exchange);
        } catch (ProtocolException e) {
            return new Answer(e.status(), ResponseWriter.error(e.reason()));
        } catch (InvalidInputException e) {
            return failure(400, e);
        } catch (UnavailableException | CancelledException e) {
            return failure(503, e);
        } catch (RuntimeException e) {
            return failure(500, e);
        }
    }

    private static Answer failure(int status, Exception e) {
        return new Answer(status, ResponseWriter.error(String.valueOf(e.getMessage())));
    }

    private Answer route(HttpExchange exchange) throws IOException, ProtocolException {
        String path = exchange.getRequestURI().getPath();
        List<String> parts = Arrays.asList(path.substring(1).split("/", -1));
        if (!parts.get(0).equals("v2")) {
            throw unknown(path);
        }
        List<String> rest = parts.subList(1, parts.size());
        if (rest.size() >= 2 && rest.get(0).equals("models")) {
            return model(exchange, path, rest.subList(1, rest.size()));
        }
        only("GET", exchange);
        return switch (String.join("/", rest)) {
            case "" -> ok(ResponseWriter.server(VERSION));
            case "health/live" -> ok(ResponseWriter.flag("live"));
            case "health/ready" -> ready(ResponseWriter.flag("ready"));
            default -> throw unknown(path);
        };
    }

    /** Answers {@code {name}[/versions/{version}][/ready|/infer]}. */
    private Answer model(HttpExchange exchange, String path, List<String> parts) throws IOException, ProtocolException {
        ServedModel served = models.get(parts.get(0));
        if (served == null) {
            throw new ProtocolException(
                    404, "model '" + parts.get(0) + "' is not served here; " + models.keySet() + " are");
        }
        List<String> rest = parts.subList(1, parts.size());
        if (rest.size() >= 2 && rest.get(0).equals("versions")) {
            checkVersion(served, rest.get(1));
            rest = rest.subList(2, rest.size());
        }
        String action = String.join("/", rest);
        if (action.equals("infer")) {
            only("POST", exchange);
            return infer(exchange, served);
        }
        only("GET", exchange);
        return switch (action) {
            case "" -> ok(ResponseWriter.metadata(served));
            case "ready" -> ready(ResponseWriter.ready(served));
            default -> throw unknown(path);
        };
    }

    private static void checkVersion(ServedModel served, String version) throws ProtocolException {
        if (!served.version().equals(version)) {
            throw new ProtocolException(
                    404,
                    "version '%s' of model '%s' is not served here; '%s' is"
                            .formatted(version, served.name(), served.version()));
        }
    }

    private Answer infer(HttpExchange exchange, ServedModel served) throws IOException, ProtocolException {
        if (draining) {
            throw closing();
        }
        InferRequest request = InferRequestReader.read(body(exchange));
        enter();
        try {
            Result result = request.outputs().isEmpty()
                    ? served.model().run(request.inputs())
                    : served.model().run(request.inputs(), request.outputs());
            return ok(ResponseWriter.inference(served, request, result));
        } finally {
            slots.release();
        }
    }

    private void enter() throws ProtocolException {
        try {
            if (!slots.tryAcquire(queueTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ProtocolException(503, "too many inferences at once; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw closing();
        }
    }

    private byte[] body(HttpExchange exchange) throws IOException, ProtocolException {
        if (exchange.getRequestHeaders().containsKey("Inference-Header-Content-Length")) {
            throw badRequest("Inference-Header-Content-Length", "the binary tensor extension is not supported");
        }
        if (exchange.getRequestHeaders().containsKey("Content-Encoding")) {
            throw new ProtocolException(415, "Content-Encoding: is not supported");
        }
        byte[] body = exchange.getRequestBody().readNBytes(maxRequestBytes + 1);
        if (body.length > maxRequestBytes) {
            throw new ProtocolException(413, "the request body is longer than " + maxRequestBytes + " bytes");
        }
        return body;
    }

    private Answer ready(byte[] body) throws ProtocolException {
        if (draining) {
            throw closing();
        }
        return ok(body);
    }

    private static Answer ok(byte[] body) {
        return new Answer(200, body);
    }

    private static void only(String method, HttpExchange exchange) throws ProtocolException {
        if (!exchange.getRequestMethod().equals(method)) {
            exchange.getResponseHeaders().set("Allow", method);
            throw new ProtocolException(405, "only " + method + " is allowed here");
        }
    }

    private static ProtocolException closing() {
        return new ProtocolException(503, "the server is closing");
    }

    private static ProtocolException unknown(String path) {
        return new ProtocolException(404, "nothing is served at " + path);
    }

    private static final class Answer {
        private final int status;
        private final byte[] body;

        Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }
    }
}
