package dev.mlops.edge.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okio.BufferedSink;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * docker-java's transport over OkHttp. Request bodies and answers are streamed; an answer that comes while a body is
 * still being sent (404 in the middle of an upload) is the answer. Failures are {@link UncheckedIOException}.
 * Thread-safe. There is no stdin hijacking: nothing here attaches to a container.
 */
final class OkHttpDockerHttpClient implements DockerHttpClient {
    private static final MediaType JSON = MediaType.get("application/json");
    /** All that the API takes as a stream; docker-java itself names it {@code APPLICATION_X_TAR}. */
    private static final MediaType TAR = MediaType.get("application/x-tar");

    private final OkHttpClient http;
    private final HttpUrl base;

    /** Sends to {@code base} through a client that already has the socket factory, TLS and timeouts that it needs. */
    OkHttpDockerHttpClient(OkHttpClient http, HttpUrl base) {
        this.http = http;
        this.base = base;
    }

    /** The same transport, over the same connections, that waits longer for the first and each next byte. */
    OkHttpDockerHttpClient waiting(Duration atLeast) {
        if (http.readTimeoutMillis() >= atLeast.toMillis()) {
            return this;
        }
        return new OkHttpDockerHttpClient(http.newBuilder().readTimeout(atLeast).build(), base);
    }

    @Override
    public Response execute(Request request) {
        if (request.hijackedInput() != null) {
            throw new IllegalArgumentException("this transport cannot attach to the input of a container");
        }
        try {
            return new OkHttpResponse(http.newCall(translated(request)).execute());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private okhttp3.Request translated(Request request) {
        HttpUrl url = base.resolve(request.path());
        if (url == null || !url.host().equals(base.host()) || url.port() != base.port()) {
            throw new IllegalArgumentException("not a path of the engine: " + request.path());
        }
        return new okhttp3.Request.Builder()
                .url(url)
                .headers(Headers.of(request.headers()))
                .method(request.method(), body(request))
                .build();
    }

    private static @Nullable RequestBody body(Request request) {
        // First: for bytes, body() gives a second view of them as a stream.
        byte[] bytes = request.bodyBytes();
        if (bytes != null) {
            return RequestBody.create(bytes, JSON);
        }
        InputStream stream = request.body();
        if (stream != null) {
            return new StreamedBody(stream);
        }
        boolean wantsBody = switch (request.method()) {
            case "POST", "PUT", "PATCH" -> true;
            default -> false;
        };
        return wantsBody ? RequestBody.create(new byte[0], null) : null;
    }

    /** Drops the idle connections; the OkHttpClient itself may be the host's. */
    @Override
    public void close() {
        http.connectionPool().evictAll();
    }

    /** A body of unknown length that can be read once. */
    private static final class StreamedBody extends RequestBody {
        private final InputStream stream;

        StreamedBody(InputStream stream) {
            this.stream = stream;
        }

        @Override
        public MediaType contentType() {
            return TAR;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            try (Source source = Okio.source(stream)) {
                sink.writeAll(source);
            }
        }
    }

    private static final class OkHttpResponse implements Response {
        private final okhttp3.Response response;

        OkHttpResponse(okhttp3.Response response) {
            this.response = response;
        }

        @Override
        public int getStatusCode() {
            return response.code();
        }

        @Override
        public Map<String, List<String>> getHeaders() {
            return response.headers().toMultimap();
        }

        @Override
        public InputStream getBody() {
            return response.body().byteStream();
        }

        @Override
        public void close() {
            response.close();
        }
    }
}
