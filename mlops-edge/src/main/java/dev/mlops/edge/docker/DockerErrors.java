package dev.mlops.edge.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.DockerException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The one place where failures of the transport, of docker-java and of the engine become this library's exceptions. */
final class DockerErrors {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 500;

    private final DockerAddress address;

    DockerErrors(DockerAddress address) {
        this.address = address;
    }

    /** What {@code failure} means for the caller who wanted to do {@code what}. */
    MlopsException translated(String what, RuntimeException failure) {
        MlopsException ours = causeOf(failure, MlopsException.class);
        if (ours != null) {
            return ours;
        }
        if (failure instanceof DockerException refusal) {
            return refused(what + " at " + address.uri(), messageOf(refusal), refusal);
        }
        if (Thread.currentThread().isInterrupted() && causeOf(failure, IOException.class) != null) {
            return new CancelledException(what + " at " + address.uri() + " was interrupted", failure);
        }
        return new UnavailableException(what + " at " + address.uri() + " failed: " + reasonOf(failure), failure);
    }

    /** True if the engine no longer takes the API version that was agreed on. */
    static boolean isVersionRefusal(RuntimeException failure) {
        return failure instanceof BadRequestException
                && mentions(messageOf(failure), "client version", "too new", "too old");
    }

    private static MlopsException refused(String what, String words, DockerException refusal) {
        String message = what + ": " + words;
        return switch (refusal.getHttpStatus()) {
            case 400 -> new InvalidInputException("request", what, "was refused: " + words, refusal);
            case 404 -> new NotFoundException(message, refusal);
            case 409 -> new ConflictException(message, refusal);
            default ->
                isTaken(words) ? new ConflictException(message, refusal) : new UnavailableException(message, refusal);
        };
    }

    /** Engines answer 500 for a port or (Podman) a name that is taken. */
    private static boolean isTaken(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        return text.contains("port is already allocated")
                || text.contains("address already in use")
                || text.contains("is already in use");
    }

    private String reasonOf(RuntimeException failure) {
        if (causeOf(failure, JsonProcessingException.class) != null) {
            return "what answers there does not speak Docker's API";
        }
        if (causeOf(failure, SocketTimeoutException.class) != null) {
            return "it did not answer in time; look whether Docker Engine hangs";
        }
        IOException io = causeOf(failure, IOException.class);
        if (io == null) {
            return String.valueOf(failure.getMessage());
        }
        return address instanceof DockerAddress.UnixAddress unix
                ? unixReason(unix, io)
                : io.getMessage() + "; look whether Docker Engine runs there and listens on this port";
    }

    private static String unixReason(DockerAddress.UnixAddress unix, IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (mentions(message, "Permission denied")) {
            return "no permission for the socket; add the user to the group docker and log in again";
        }
        if (Files.notExists(unix.socket())) {
            return "there is no such socket; install and start Docker Engine";
        }
        if (failure instanceof ConnectException) {
            return "nothing listens on the socket; start Docker Engine";
        }
        return message + "; Docker Engine ended the connection, look at its log";
    }

    /** The engine's words: the field {@code message} of its JSON answer, or the answer as it is. */
    static String messageOf(RuntimeException refusal) {
        String text = String.valueOf(refusal.getMessage());
        int json = text.indexOf('{');
        if (json >= 0) {
            try {
                JsonNode message = JSON.readTree(text.substring(json)).path("message");
                text = message.isTextual() ? message.asText() : text;
            } catch (JsonProcessingException e) {
                // Not JSON after all: its text is shown as it is.
            }
        }
        String printable = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return printable.length() > SHOWN ? printable.substring(0, SHOWN) + "…" : printable;
    }

    private static boolean mentions(String text, String first, String... anyOf) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!lower.contains(first.toLowerCase(Locale.ROOT))) {
            return false;
        }
        for (String other : anyOf) {
            if (lower.contains(other)) {
                return true;
            }
        }
        return anyOf.length == 0;
    }

    private static <T extends Throwable> @Nullable T causeOf(Throwable failure, Class<T> type) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            depth++;
        }
        return null;
    }
}
