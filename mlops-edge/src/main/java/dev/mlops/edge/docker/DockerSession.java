package dev.mlops.edge.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line to one engine: agrees on an API version at the first call and again when the engine no longer takes it, and
 * turns every failure into this library's exceptions. Thread-safe.
 */
final class DockerSession implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DockerSession.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** No answer to {@code GET /version} is longer. */
    private static final int VERSION_BYTES = 1 << 20;

    private final DockerAddress address;
    private final OkHttpDockerHttpClient transport;
    private final DockerErrors errors;
    private final Object lock = new Object();
    private volatile @Nullable ApiVersion agreed;

    DockerSession(DockerAddress address, OkHttpDockerHttpClient transport) {
        this.address = address;
        this.transport = transport;
        this.errors = new DockerErrors(address);
    }

    String describe() {
        return "docker at " + address.uri();
    }

    DockerAddress address() {
        return address;
    }

    /** Makes a call; {@code what} names it in failures, such as {@code start of instance 'camera'}. */
    <T> T call(String what, Function<DockerClient, T> call) {
        return call(what, Duration.ZERO, call);
    }

    /** Makes a call to which the engine may take {@code patience} to answer. */
    <T> T call(String what, Duration patience, Function<DockerClient, T> call) {
        return exchange(what, patience, (http, version) -> call.apply(client(http, version)));
    }

    /** Sends a request that docker-java cannot express; its path comes from the version. The caller closes the answer. */
    Response send(String what, Duration patience, Function<ApiVersion, Request> request) {
        return exchange(what, patience, (http, version) -> http.execute(request.apply(version)));
    }

    private <T> T exchange(String what, Duration patience, Exchange<T> exchange) {
        OkHttpDockerHttpClient http = transport.waiting(patience);
        ApiVersion version = version(what);
        try {
            return exchange.run(http, version);
        } catch (RuntimeException e) {
            if (!DockerErrors.isVersionRefusal(e)) {
                throw errors.translated(what, e);
            }
            log.debug("{} no longer takes API {}: {}", describe(), version, DockerErrors.messageOf(e));
        }
        agreed = null;
        ApiVersion renewed = version(what);
        try {
            return exchange.run(http, renewed);
        } catch (RuntimeException e) {
            throw errors.translated(what, e);
        }
    }

    /** What a failure outside of a call means, such as one while an answer is read. */
    MlopsException translated(String what, RuntimeException failure) {
        return errors.translated(what, failure);
    }

    /** Runs a clean-up that must be done although the thread was interrupted, which it stays. */
    static void uninterrupted(Runnable cleanUp) {
        boolean interrupted = Thread.interrupted();
        try {
            cleanUp.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private DockerClient client(DockerHttpClient http, ApiVersion version) {
        return DockerClientImpl.getInstance(new NegotiatedConfig(address.uri(), version), http);
    }

    /** The API version agreed on, asked of the engine if there is none yet. */
    ApiVersion version(String what) {
        ApiVersion known = agreed;
        if (known != null) {
            return known;
        }
        synchronized (lock) {
            ApiVersion latest = agreed;
            if (latest == null) {
                latest = negotiate(what);
                agreed = latest;
            }
            return latest;
        }
    }

    private ApiVersion negotiate(String what) {
        try {
            ApiVersion version = ApiVersion.agreed(askVersion(), describe());
            log.debug("{}: API {}", describe(), version);
            return version;
        } catch (RuntimeException e) {
            throw errors.translated(what, e);
        }
    }

    private JsonNode askVersion() {
        Request request =
                Request.builder().method(Request.Method.GET).path("/version").build();
        try (Response response = transport.execute(request)) {
            byte[] body = response.getBody().readNBytes(VERSION_BYTES);
            if (response.getStatusCode() != 200) {
                throw new UnavailableException("%s answers %d to GET /version; is Docker Engine there?"
                        .formatted(describe(), response.getStatusCode()));
            }
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        transport.close();
    }

    @FunctionalInterface
    private interface Exchange<T> {
        T run(OkHttpDockerHttpClient http, ApiVersion version);
    }
}
