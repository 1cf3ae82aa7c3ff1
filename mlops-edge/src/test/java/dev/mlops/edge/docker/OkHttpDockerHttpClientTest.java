package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Request.Method;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OkHttpDockerHttpClientTest {
    private static final Duration SHORT = Duration.ofMillis(400);

    @TempDir
    Path directory;

    @Test
    void readTimeoutEndsACallToADaemonThatHangs() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> awaits(never));
                OkHttpDockerHttpClient client = client(daemon.uri(), SHORT)) {
            long start = System.nanoTime();

            assertThatThrownBy(() -> get(client, "/info"))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasRootCauseInstanceOf(IOException.class)
                    .satisfies(e -> assertThat(e.getCause()).isInstanceOf(SocketTimeoutException.class));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, SHORT.multipliedBy(10));
        }
    }

    @Test
    void readTimeoutEndsAnAnswerThatStopsInTheMiddle() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> {
                    request.head(200, "Content-Length: 100");
                    return awaits(never);
                });
                OkHttpDockerHttpClient client = client(daemon.uri(), SHORT);
                Response response = client.execute(request(Method.GET, "/info", null))) {
            assertThatThrownBy(() -> response.getBody().readAllBytes()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void writeTimeoutEndsAnUploadThatNobodyReads() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> awaits(never));
                OkHttpDockerHttpClient client = client(daemon.uri(), SHORT)) {
            assertThatThrownBy(() -> client.execute(request(Method.PUT, "/archive", endless())))
                    .isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void aPatientViewWaitsLonger() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> {
                    sleep(SHORT.multipliedBy(2));
                    return request.answer(200, "late");
                });
                OkHttpDockerHttpClient client = client(daemon.uri(), SHORT)) {
            assertThat(get(client.waiting(Duration.ofSeconds(20)), "/info")).isEqualTo("late");
        }
    }

    @Test
    void anErrorInTheMiddleOfAnUploadIsTheAnswer() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> {
                    request.in().skipNBytes(1 << 16);
                    request.head(404, "Content-Length: 9\r\nConnection: close");
                    request.out().write("not there".getBytes(StandardCharsets.US_ASCII));
                    request.out().flush();
                    return false;
                });
                OkHttpDockerHttpClient client = client(daemon.uri(), Duration.ofSeconds(10));
                Response response = client.execute(request(Method.PUT, "/archive", endless()))) {
            assertThat(response.getStatusCode()).isEqualTo(404);
            assertThat(new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("not there");
        }
    }

    @Test
    void aDaemonThatDiesDuringAnUploadFailsTheCall() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> {
                    request.in().skipNBytes(1 << 16);
                    return false;
                });
                OkHttpDockerHttpClient client = client(daemon.uri(), Duration.ofSeconds(10))) {
            assertThatThrownBy(() -> client.execute(request(Method.PUT, "/archive", endless())))
                    .isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void aDaemonThatDiesDuringAnAnswerFailsTheRead() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> {
                    request.head(200, "Content-Length: 1000");
                    request.out().write(new byte[10]);
                    request.out().flush();
                    return false;
                });
                OkHttpDockerHttpClient client = client(daemon.uri(), Duration.ofSeconds(10));
                Response response = client.execute(request(Method.GET, "/archive", null))) {
            assertThatThrownBy(() -> response.getBody().readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void streamsAnAnswerLargerThanTheHeap() throws Exception {
        long size = Runtime.getRuntime().maxMemory() / 16 + (256L << 20);
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> {
                    request.head(200, "Content-Length: " + size);
                    byte[] block = new byte[1 << 20];
                    for (long left = size; left > 0; left -= Math.min(left, block.length)) {
                        request.out().write(block, 0, (int) Math.min(left, block.length));
                    }
                    request.out().flush();
                    return true;
                });
                OkHttpDockerHttpClient client = client(daemon.uri(), Duration.ofSeconds(10));
                Response response = client.execute(request(Method.GET, "/archive", null))) {
            assertThat(response.getBody().transferTo(java.io.OutputStream.nullOutputStream()))
                    .isEqualTo(size);
        }
    }

    @Test
    void usesOneConnectionForCallsOneAfterAnother() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> request.answer(200, "{}"));
                OkHttpDockerHttpClient client = client(daemon.uri(), Duration.ofSeconds(10))) {
            for (int i = 0; i < 200; i++) {
                assertThat(get(client, "/containers/" + i + "/json")).isEqualTo("{}");
            }
            assertThat(daemon.connections()).isEqualTo(1);
        }
    }

    @Test
    void comesBackAfterADaemonThatClosedItsIdleConnections() throws Exception {
        AtomicReference<Boolean> keeps = new AtomicReference<>(false);
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> {
                    request.answer(200, "{}");
                    return keeps.get();
                });
                OkHttpDockerHttpClient client = client(daemon.uri(), Duration.ofSeconds(10))) {
            assertThat(get(client, "/info")).isEqualTo("{}");
            keeps.set(true);
            assertThat(get(client, "/info")).isEqualTo("{}");
        }
    }

    @Test
    void cancellingFromAnotherThreadWakesAReaderWithoutATimeout() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> awaits(never))) {
            okhttp3.Call call = DockerAddress.parse(daemon.uri(), null)
                    .configure(new OkHttpClient.Builder().readTimeout(Duration.ZERO))
                    .build()
                    .newCall(new okhttp3.Request.Builder()
                            .url("http://localhost/events")
                            .build());
            CompletableFuture<okhttp3.Response> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return call.execute();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            while (daemon.requests().isEmpty()) {
                sleep(Duration.ofMillis(10));
            }
            call.cancel();

            assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS)).hasRootCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void refusesAPathThatLeavesTheEngine() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> request.answer(200, "{}"));
                OkHttpDockerHttpClient client = client(daemon.uri(), SHORT)) {
            assertThatThrownBy(() -> get(client, "//elsewhere.example/info"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(daemon.requests()).isEmpty();
        }
    }

    @Test
    void speaksOverTcp() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.onTcp(
                        new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                        request -> request.answer(200, "tcp"));
                OkHttpDockerHttpClient client = client(daemon.uri(), SHORT)) {
            assertThat(get(client, "/info")).isEqualTo("tcp");
        }
    }

    private static OkHttpDockerHttpClient client(URI uri, Duration timeout) {
        DockerAddress address = DockerAddress.parse(uri, null);
        OkHttpClient http = address.configure(new OkHttpClient.Builder())
                .readTimeout(timeout)
                .writeTimeout(timeout)
                .build();
        return new OkHttpDockerHttpClient(http, address.base());
    }

    private static String get(OkHttpDockerHttpClient client, String path) throws IOException {
        try (Response response = client.execute(request(Method.GET, path, null))) {
            return new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Request request(Method method, String path, InputStream body) {
        return Request.builder().method(method).path(path).body(body).build();
    }

    private static InputStream endless() {
        return new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                return length;
            }
        };
    }

    private static boolean awaits(CountDownLatch latch) {
        try {
            return latch.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
