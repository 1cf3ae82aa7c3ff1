package dev.mlops.s3;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/** Carries the requests of the AWS SDK over an {@link OkHttpClient}, which it does not own. Thread-safe. */
final class OkHttpSdkHttpClient implements SdkHttpClient {
    private final OkHttpClient http;

    OkHttpSdkHttpClient(OkHttpClient http) {
        this.http = http;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        Call call = http.newCall(toOkHttp(request));
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                return toSdk(call.execute(), call);
            }

            @Override
            public void abort() {
                call.cancel();
            }
        };
    }

    @Override
    public String clientName() {
        return "OkHttp";
    }

    @Override
    public void close() {}

    private static Request toOkHttp(HttpExecuteRequest request) {
        SdkHttpRequest sdk = request.httpRequest();
        Request.Builder builder = new Request.Builder().url(sdk.getUri().toString());
        sdk.forEachHeader((name, values) -> values.forEach(value -> builder.addHeader(name, value)));
        if (sdk.firstMatchingHeader("Accept-Encoding").isEmpty()) {
            // Otherwise OkHttp asks for gzip and hides the length of the object.
            builder.header("Accept-Encoding", "identity");
        }
        return builder.method(sdk.method().name(), body(request)).build();
    }

    private static @Nullable RequestBody body(HttpExecuteRequest request) {
        Optional<ContentStreamProvider> content = request.contentStreamProvider();
        if (content.isPresent()) {
            return new StreamedBody(content.get(), contentLength(request.httpRequest()));
        }
        SdkHttpMethod method = request.httpRequest().method();
        boolean needsBody =
                method == SdkHttpMethod.PUT || method == SdkHttpMethod.POST || method == SdkHttpMethod.PATCH;
        return needsBody ? RequestBody.create(new byte[0]) : null;
    }

    private static long contentLength(SdkHttpRequest request) {
        return request.firstMatchingHeader("Content-Length")
                .map(Long::parseLong)
                .orElse(-1L);
    }

    private static HttpExecuteResponse toSdk(Response response, Call call) {
        SdkHttpFullResponse.Builder head =
                SdkHttpFullResponse.builder().statusCode(response.code()).statusText(response.message());
        for (Map.Entry<String, List<String>> header :
                response.headers().toMultimap().entrySet()) {
            head.putHeader(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
        }
        HttpExecuteResponse.Builder result = HttpExecuteResponse.builder().response(head.build());
        if (hasNoBody(response)) {
            response.close();
        } else {
            result.responseBody(AbortableInputStream.create(response.body().byteStream(), call::cancel));
        }
        return result.build();
    }

    private static boolean hasNoBody(Response response) {
        return response.request().method().equals("HEAD") || response.code() == 204 || response.code() == 304;
    }

    /** Not repeatable for OkHttp: the SDK decides about retries, and signs each anew. */
    private static final class StreamedBody extends RequestBody {
        private final ContentStreamProvider content;
        private final long length;

        StreamedBody(ContentStreamProvider content, long length) {
            this.content = content;
            this.length = length;
        }

        @Override
        public @Nullable MediaType contentType() {
            return null;
        }

        @Override
        public long contentLength() {
            return length;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            // Read straight into the segments that go to the socket.
            try (Source in = Okio.source(content.newStream())) {
                sink.writeAll(in);
            } catch (RuntimeException e) {
                // OkHttp gives a connection up only after an IOException; the uploader knows the real failure.
                throw new IOException("the body of the request failed", e);
            }
        }
    }
}
