package dev.mlops.onnx.serving;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a path asks for, and answers what needs no inference. */
final class Routes {
    private final ModelCatalog catalog;

    Routes(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * What is asked of a model: {@code /v2/models/{name}[/versions/{version}][/ready|/infer]}.
     *
     * @param version null if the client leaves it to us
     * @param action such as {@code infer}; empty for the metadata
     */
    record ModelPath(String name, @Nullable String version, String action) {}

    /** What a path asks of a model; null if it is about something else. */
    static @Nullable ModelPath modelPath(String path) {
        List<String> parts = Arrays.asList(path.split("/", -1));
        if (parts.size() < 4 || !parts.subList(0, 3).equals(List.of("", "v2", "models"))) {
            return null;
        }
        boolean hasVersion = parts.size() >= 6 && parts.get(4).equals("versions");
        List<String> action = parts.subList(hasVersion ? 6 : 4, parts.size());
        return new ModelPath(parts.get(3), hasVersion ? parts.get(5) : null, String.join("/", action));
    }

    /** Answers a request that is no inference. */
    Reply answer(RequestHead head, @Nullable ModelPath path, boolean isDraining) throws ProtocolException {
        Reply reply = path == null ? server(head.path(), isDraining) : model(head.path(), path, isDraining);
        checkMethod(head, "GET");
        return reply;
    }

    static void checkMethod(RequestHead head, String method) throws ProtocolException {
        if (!head.method().equals(method)) {
            throw ProtocolException.only(method);
        }
    }

    private Reply server(String path, boolean isDraining) throws ProtocolException {
        return switch (path) {
            case "/v2", "/v2/" -> MetadataWriter.server();
            case "/v2/health/live" -> MetadataWriter.flag("live");
            case "/v2/health/ready" -> serverReady(isDraining);
            default -> throw unknown(path);
        };
    }

    private Reply serverReady(boolean isDraining) throws ProtocolException {
        checkNotDraining(isDraining);
        for (ServedModel each : catalog.all()) {
            checkOpen(each);
        }
        return MetadataWriter.flag("ready");
    }

    private Reply model(String whole, ModelPath path, boolean isDraining) throws ProtocolException {
        ServedModel served = catalog.find(path.name(), path.version());
        switch (path.action()) {
            case "" -> {
                return MetadataWriter.model(served, catalog.versions(path.name()));
            }
            case "ready" -> {
                checkNotDraining(isDraining);
                checkOpen(served);
                return MetadataWriter.ready(served);
            }
            default -> throw unknown(whole);
        }
    }

    private static void checkOpen(ServedModel served) throws ProtocolException {
        if (!served.runner().isOpen()) {
            throw new ProtocolException(503, "model '" + served + "' is closed");
        }
    }

    static void checkNotDraining(boolean isDraining) throws ProtocolException {
        if (isDraining) {
            throw new ProtocolException(503, "the server is closing");
        }
    }

    private static ProtocolException unknown(String path) {
        return new ProtocolException(404, "nothing is served at " + path);
    }
}
