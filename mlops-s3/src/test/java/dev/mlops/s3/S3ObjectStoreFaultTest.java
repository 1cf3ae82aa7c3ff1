package dev.mlops.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.PutResult;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class S3ObjectStoreFaultTest {
    private static S3Server server;

    private final Faults faults = new Faults();
    private String bucket;
    private S3ObjectStore store;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.start();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.stop();
    }

    @BeforeEach
    void openStore() {
        bucket = server.newBucket();
        store = server.store().bucket(bucket).http(faults.client()).open();
        faults.forgetRequests();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void leavesNothingOfItsProbe() {
        assertThat(server.keysIn(bucket)).isEmpty();
    }

    @Test
    void reportsACreateWhoseAnswerWasLostAsCreated() throws IOException {
        faults.next(1, Faults.loseAnswer());

        assertThat(store.putIfAbsent("a", TestBodies.text("mine"))).isEqualTo(PutResult.CREATED);
        assertThat(faults.requests()).hasSize(3).startsWith("PUT /" + bucket + "/a", "PUT /" + bucket + "/a");
        assertThat(read("a")).isEqualTo("mine");
    }

    @Test
    void reportsTheObjectOfAnotherWriterAsExistingAlsoAfterALostRequest() throws IOException {
        Interceptor overtaken = chain -> {
            try (S3ObjectStore other =
                    server.store().bucket(bucket).assumeConditionalCreate().open()) {
                other.putIfAbsent("a", TestBodies.text("theirs"));
            }
            throw new IOException("connection reset before the request");
        };
        faults.next(1, overtaken);

        assertThat(store.putIfAbsent("a", TestBodies.text("mine"))).isEqualTo(PutResult.EXISTED);
        assertThat(read("a")).isEqualTo("theirs");
    }

    @Test
    void writesAgainAfterAConflictBetweenConditionalWrites() throws IOException {
        faults.next(3, Faults.answer(409, "ConditionalRequestConflict"));

        assertThat(store.putIfAbsent("a", TestBodies.text("mine"))).isEqualTo(PutResult.CREATED);
        assertThat(read("a")).isEqualTo("mine");
    }

    @Test
    void givesUpAfterManyConflicts() {
        faults.next(100, Faults.answer(409, "ConditionalRequestConflict"));

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> store.putIfAbsent("a", TestBodies.text("mine")))
                .withMessageContaining("409 ConditionalRequestConflict");
        assertThat(faults.requests()).hasSize(10);
    }

    @Test
    void triesAgainAfterPassingFailures() throws IOException {
        faults.next(1, Faults.answer(500, "InternalError")).next(1, Faults.loseRequest());
        assertThat(store.putIfAbsent("a", TestBodies.text("mine"))).isEqualTo(PutResult.CREATED);

        faults.next(1, Faults.answer(503, "SlowDown")).next(1, Faults.loseAnswer());
        assertThat(read("a")).isEqualTo("mine");
    }

    @Test
    void saysWhatTheServerAnsweredWhenItKeepsFailing() {
        faults.next(3, Faults.answer(500, "InternalError"));

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> store.putIfAbsent("models/a", TestBodies.text("mine")))
                .withMessageContaining("'models/a'")
                .withMessageContaining(bucket)
                .withMessageContaining("500 InternalError");
        assertThat(faults.requests()).hasSize(3);
        assertThat(store.head("models/a")).isEmpty();
    }

    @Test
    void saysThatTheNetworkKeepsBreaking() {
        faults.next(3, Faults.loseRequest());

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> store.head("a"))
                .withMessageContaining("'a'")
                .withMessageContaining("connection reset before the request");
    }

    @Test
    void saysThatSomethingIsForbidden() {
        for (ThrowingCall call : List.<ThrowingCall>of(
                () -> store.putIfAbsent("a", TestBodies.text("x")),
                () -> store.get("a"),
                () -> store.get("a", 0, 1),
                () -> store.list("").next())) {
            faults.next(1, Faults.answer(403, "AccessDenied"));
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(call::run)
                    .withMessageContaining("403 AccessDenied")
                    .withMessageContaining("credentials");
        }
    }

    private interface ThrowingCall {
        void run() throws IOException;
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 307, 400, 405, 418, 599})
    void turnsEveryOddAnswerIntoUnavailable(int status) {
        faults.next(10, Faults.answer(status, "text/plain", "<<< no XML"));

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> store.putIfAbsent("a", TestBodies.text("x")))
                .withMessageContaining("'a'");
    }

    @Test
    void asksABodyThatFailsNoSecondTime() {
        AtomicInteger opened = new AtomicInteger();
        ObjectBody failing = TestBodies.failing(2_000_000, new byte[1_000_000], "source gone");
        ObjectBody counted = new ObjectBody() {
            @Override
            public long length() {
                return failing.length();
            }

            @Override
            public InputStream open() throws IOException {
                opened.incrementAndGet();
                return failing.open();
            }
        };

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> store.putIfAbsent("a", counted))
                .withMessageContaining("source gone");
        assertThat(opened).hasValue(1);
        assertThat(store.putIfAbsent("a", TestBodies.text("connections still work")))
                .isEqualTo(PutResult.CREATED);
    }

    @Test
    void refusesABodyOfMoreThanOnePutMayCarry() {
        ObjectBody tooLarge = TestBodies.lying(5L * 1024 * 1024 * 1024 + 1, new byte[0]);

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> store.putIfAbsent("a", tooLarge))
                .withMessageContaining("5368709120");
        assertThat(faults.requests()).isEmpty();
    }

    @Test
    void tellsWhenTheServerIgnoresTheRange() {
        faults.next(1, Faults.answer(200, "text/plain", "the whole object"));

        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> store.get("a", 4, 5))
                .withMessageContaining("bytes=4-8");
    }

    @Test
    void refusesAListingThatIsOutOfOrder() {
        faults.next(1, Faults.answer(200, "application/xml", listing("b", "a")));
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> store.list("").forEachRemaining(info -> {}))
                .withMessageContaining("'a' after 'b'");
    }

    @Test
    void leavesOutListedKeysThatAreNotOurs() {
        faults.next(1, Faults.answer(200, "application/xml", listing("a/", "a/../../etc", "a/b", "a/c d", "zzz")));
        List<String> keys = new ArrayList<>();
        store.list("a/").forEachRemaining((ObjectInfo info) -> keys.add(info.key()));

        assertThat(keys).containsExactly("a/b");
    }

    private static String listing(String... keys) {
        StringBuilder xml = new StringBuilder("<ListBucketResult><IsTruncated>false</IsTruncated>");
        for (String key : keys) {
            xml.append("<Contents><Key>")
                    .append(key)
                    .append("</Key><Size>1</Size>")
                    .append("<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>");
        }
        return xml.append("</ListBucketResult>").toString();
    }

    @Test
    void breaksTheStreamOfAnObjectThatEndsTooEarly() throws IOException {
        try (RawServer liar = RawServer.answering("HTTP/1.1 200 OK\nContent-Length: 100\nETag: \"0\"\n\nonly this");
                S3ObjectStore cut = unprobed(liar.endpoint())) {
            InputStream in = cut.get("a");
            assertThatIOException().isThrownBy(in::readAllBytes);
            in.close();
        }
    }

    @Test
    void saysThatTheServerSpeaksNoHttp() throws IOException {
        try (RawServer garbage = RawServer.answering("SSH-2.0-OpenSSH_9.2\n\n");
                S3ObjectStore lost = unprobed(garbage.endpoint())) {
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> lost.get("a"))
                    .withMessageContaining("'a'");
        }
    }

    @Test
    void waitsForASilentServerOnlyAsLongAsItWasTold() throws IOException {
        try (RawServer silent = RawServer.silent();
                S3ObjectStore waiting = server.store()
                        .bucket(bucket)
                        .endpoint(silent.endpoint())
                        .requestTimeout(Duration.ofMillis(300))
                        .attempts(2)
                        .assumeConditionalCreate()
                        .open()) {
            long start = System.nanoTime();

            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> waiting.head("a"))
                    .withMessageMatching(".*tim(eout|ed out).*");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(silent.connections()).isEqualTo(2);
        }
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        URI free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> server.store().bucket(bucket).endpoint(free).open())
                .withMessageContaining(free.toString())
                .withMessageContaining("onnect");
    }

    @Test
    void saysThatTheSecretIsWrongWithoutTellingIt() {
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> server.store()
                        .bucket(bucket)
                        .credentials(S3Server.ACCESS_KEY, "guessed-secret")
                        .open())
                .withMessageContaining("SignatureDoesNotMatch")
                .withMessageContaining("check the access key")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("guessed-secret"));
    }

    @Test
    void saysThatTheBucketDoesNotExist() {
        String missing = bucket + "-missing";
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> server.store().bucket(missing).open())
                .withMessageContaining(missing)
                .withMessageContaining("NoSuchBucket");
        try (S3ObjectStore unprobed =
                server.store().bucket(missing).assumeConditionalCreate().open()) {
            assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> unprobed.get("a"));
        }
    }

    @Test
    void promisesEverythingOnAServerThatHonoursTheCondition() {
        assertThat(store.limitations()).isEmpty();
    }

    @Test
    void saysWhatItCannotPromiseOnAServerThatOverwritesDespiteTheCondition() throws IOException {
        Faults ignoring = new Faults().next(2, Faults.answer(200, "text/plain", ""));
        try (S3ObjectStore weak =
                server.store().bucket(bucket).http(ignoring.client()).open()) {
            assertThat(ignoring.requests())
                    .last()
                    .asString()
                    .as("the probe is deleted")
                    .startsWith("DELETE ");
            assertThat(weak.limitations()).singleElement().asString().contains("If-None-Match", "last");
            ignoring.forgetRequests();

            assertThat(weak.putIfAbsent("a", TestBodies.text("first"))).isEqualTo(PutResult.CREATED);
            assertThat(weak.putIfAbsent("a", TestBodies.text("second"))).isEqualTo(PutResult.EXISTED);
            assertThat(ignoring.requests())
                    .extracting(request -> request.substring(0, request.indexOf(' ')))
                    .containsExactly("HEAD", "PUT", "HEAD");
            assertThat(read("a")).isEqualTo("first");
        }
    }

    @Test
    void opensOnAServerThatRefusesTheCondition() {
        Faults refusing = new Faults().next(10, chain -> {
            boolean conditional = chain.request().header("If-None-Match") != null;
            return conditional ? Faults.answer(501, "NotImplemented").intercept(chain) : chain.proceed(chain.request());
        });
        try (S3ObjectStore weak =
                server.store().bucket(bucket).http(refusing.client()).open()) {
            assertThat(weak.limitations()).hasSize(1);
            assertThat(weak.putIfAbsent("a", TestBodies.text("mine"))).isEqualTo(PutResult.CREATED);
        }
    }

    @Test
    void signsAddressesThatPlainClientsReadByRange() throws IOException {
        byte[] bytes = TestBodies.noise(100_000, 1);
        try (S3ObjectStore folder =
                server.store().bucket(bucket).prefix("some/folder").open()) {
            folder.putIfAbsent("packs/Ab_c-1.x", ObjectBody.of(bytes));
            URI address =
                    folder.presign("packs/Ab_c-1.x", Duration.ofMinutes(5)).orElseThrow();

            assertThat(download(address, null)).isEqualTo(bytes);
            assertThat(download(address, "bytes=5000-5099")).isEqualTo(Arrays.copyOfRange(bytes, 5_000, 5_100));
            assertThat(address.toString()).doesNotContain(S3Server.SECRET_KEY);
        }
        assertThat(faults.requests()).as("signing needs no request").isEmpty();
    }

    private static byte[] download(URI address, @Nullable String range) throws IOException {
        Request.Builder request = new Request.Builder().url(address.toString());
        if (range != null) {
            request.header("Range", range);
        }
        try (Response response = new OkHttpClient().newCall(request.build()).execute()) {
            assertThat(response.code()).isEqualTo(range == null ? 200 : 206);
            return response.body().bytes();
        }
    }

    @Test
    void signsAddressesForOneObjectOnly() throws IOException {
        store.putIfAbsent("a", TestBodies.text("mine"));
        store.putIfAbsent("b", TestBodies.text("secret"));
        String address = store.presign("a", Duration.ofMinutes(5)).orElseThrow().toString();

        for (String forged : List.of(
                address.replace("/a?", "/b?"),
                address.replaceAll("X-Amz-Signature=[0-9a-f]{4}", "X-Amz-Signature=0000"),
                address.replaceAll("X-Amz-Expires=\\d+", "X-Amz-Expires=600000"))) {
            assertThat(forged).isNotEqualTo(address);
            try (Response response = new OkHttpClient()
                    .newCall(new Request.Builder().url(forged).build())
                    .execute()) {
                assertThat(response.code()).as(forged).isEqualTo(403);
            }
        }
    }

    @Test
    void signsNoAddressForEver() {
        assertInvalid("validity", () -> store.presign("a", Duration.ofDays(8)));
        assertInvalid("validity", () -> store.presign("a", Duration.ZERO));
        assertInvalid("object key", () -> store.presign("../a", Duration.ofMinutes(1)));
    }

    @Test
    void sendsABodyInOnePass() {
        AtomicInteger opened = new AtomicInteger();
        byte[] bytes = TestBodies.noise(3_000_000, 5);
        ObjectBody counted = new ObjectBody() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                opened.incrementAndGet();
                return new ByteArrayInputStream(bytes);
            }
        };

        assertThat(store.putIfAbsent("a", counted)).isEqualTo(PutResult.CREATED);
        assertThat(opened).as("signed while it was sent").hasValue(1);
    }

    @Test
    void opensWithoutTouchingTheNetworkWhenTold() {
        Faults idle = new Faults();
        server.store()
                .bucket(bucket)
                .http(idle.client())
                .assumeConditionalCreate()
                .open()
                .close();

        assertThat(idle.requests()).isEmpty();
    }

    @Test
    void keepsStoresUnderDifferentPrefixesApart() {
        try (S3ObjectStore one = server.store().bucket(bucket).prefix("team").open();
                S3ObjectStore two =
                        server.store().bucket(bucket).prefix("team2").open()) {
            one.putIfAbsent("a", TestBodies.text("1"));

            assertThat(two.list("").hasNext()).isFalse();
            assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> two.get("a"));
            assertThat(two.putIfAbsent("a", TestBodies.text("2"))).isEqualTo(PutResult.CREATED);
            assertThat(server.keysIn(bucket)).containsExactly("team/a", "team2/a");
        }
    }

    @Test
    void leavesTheHttpClientOfTheHostOpen() throws IOException {
        OkHttpClient http = new OkHttpClient();
        server.store().bucket(bucket).http(http).open().close();

        assertThat(http.dispatcher().executorService().isShutdown()).isFalse();
        try (var response = http.newCall(
                        new Request.Builder().url(server.endpoint().toURL()).build())
                .execute()) {
            assertThat(response.code()).isPositive();
        }
    }

    @Test
    void endsWhenItsThreadIsInterrupted() {
        ObjectBody interrupting = new ObjectBody() {
            @Override
            public long length() {
                return 3_000_000;
            }

            @Override
            public InputStream open() {
                Thread.currentThread().interrupt();
                return new ByteArrayInputStream(new byte[3_000_000]);
            }
        };
        try {
            assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> store.putIfAbsent("a", interrupting));
            assertThat(Thread.interrupted()).as("the flag stays").isTrue();
            assertThat(store.head("a")).isEmpty();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void hasNoOtherHttpClientOnTheClassPath() {
        for (String name : List.of(
                "software.amazon.awssdk.http.apache.ApacheHttpClient",
                "software.amazon.awssdk.http.apache5.Apache5HttpClient",
                "software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient",
                "software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient")) {
            assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> Class.forName(name));
        }
    }

    @Test
    void saysWhichSettingIsWrong() {
        assertInvalid("bucket", () -> S3ObjectStore.builder().open());
        for (String name : List.of("", "a", "a/b", "../x", "-ab", "x".repeat(256))) {
            assertInvalid("bucket", () -> S3ObjectStore.builder().bucket(name));
        }
        assertInvalid("object key", () -> S3ObjectStore.builder().prefix("/a"));
        assertInvalid("region", () -> S3ObjectStore.builder().region("us east"));
        assertInvalid("attempts", () -> S3ObjectStore.builder().attempts(0));
        assertInvalid("request timeout", () -> S3ObjectStore.builder().requestTimeout(Duration.ZERO));
        for (String endpoint :
                List.of("ftp://host", "host:9000", "http:/path", "http://user:pw@host", "http://h?q=1")) {
            assertInvalid("endpoint", () -> S3ObjectStore.builder().endpoint(URI.create(endpoint)));
        }
    }

    private static void assertInvalid(String field, ThrowingCall call) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(call::run)
                .satisfies(e -> assertThat(e.field()).isEqualTo(field));
    }

    private S3ObjectStore unprobed(URI endpoint) {
        return server.store()
                .bucket(bucket)
                .endpoint(endpoint)
                .assumeConditionalCreate()
                .open();
    }

    private String read(String key) throws IOException {
        try (InputStream in = store.get(key)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
