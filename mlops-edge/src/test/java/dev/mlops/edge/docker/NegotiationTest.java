package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.device.EngineInfo;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class NegotiationTest {
    private static final String INFO =
            "{\"ServerVersion\":\"27.0\",\"NCPU\":4,\"MemTotal\":1024,\"OSType\":\"linux\",\"Architecture\":\"aarch64\"}";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"1.12,1.41,1.41", "1.24,1.43,1.43", "1.44,1.52,1.52", "1.44,1.99,1.52", "1.41,1.41,1.41"})
    void agreesOnTheNewestVersionThatBothKnow(String oldest, String newest, String agreed) throws IOException {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, FakeDaemon.speaking(oldest, newest, this::info));
                DockerEngine engine = DockerEngine.fromUri(daemon.uri())) {
            EngineInfo info = engine.info();

            assertThat(info.apiVersion()).isEqualTo(agreed);
            assertThat(info.architecture()).isEqualTo("arm64");
            assertThat(info.freeDiskBytes()).isEqualTo(-1);
            assertThat(daemon.requests()).anyMatch(line -> line.startsWith("GET /v" + agreed + "/info"));
        }
    }

    @ParameterizedTest
    @CsvSource({"1.12,1.24,update Docker Engine", "1.99,2.3,update this library"})
    void saysBothVersionsWhenThereIsNoneInCommon(String oldest, String newest, String advice) throws IOException {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, FakeDaemon.speaking(oldest, newest, this::info));
                DockerEngine engine = DockerEngine.fromUri(daemon.uri())) {
            assertThatThrownBy(engine::info)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining(oldest)
                    .hasMessageContaining(newest)
                    .hasMessageContaining(ApiVersion.OLDEST.toString())
                    .hasMessageContaining(ApiVersion.NEWEST.toString())
                    .hasMessageContaining(advice);
        }
    }

    @Test
    void asksForTheVersionOnlyOnce() throws IOException {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, FakeDaemon.speaking("1.24", "1.45", this::info));
                DockerEngine engine = DockerEngine.fromUri(daemon.uri())) {
            engine.info();
            engine.info();

            assertThat(daemon.requests())
                    .filteredOn(line -> line.contains("/version"))
                    .hasSize(1);
        }
    }

    @Test
    void agreesAgainWhenTheEngineWasReplacedByAnOlderOne() throws IOException {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, FakeDaemon.speaking("1.24", "1.50", this::info));
                DockerEngine engine = DockerEngine.fromUri(daemon.uri())) {
            assertThat(engine.info().apiVersion()).isEqualTo("1.50");

            daemon.behave(
                    FakeDaemon.speaking(
                            "1.12",
                            "1.41",
                            request -> request.isFor("/v1.41/")
                                    ? info(request)
                                    : request.answer(
                                            400,
                                            "{\"message\":\"client version 1.50 is too new. Maximum supported API version is 1.41\"}")));

            assertThat(engine.info().apiVersion()).isEqualTo("1.41");
        }
    }

    @Test
    void givesUpWhenAnEngineRefusesItsOwnVersion() throws IOException {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(
                        directory,
                        FakeDaemon.speaking(
                                "1.24",
                                "1.45",
                                request -> request.answer(400, "{\"message\":\"client version 1.45 is too old\"}")));
                DockerEngine engine = DockerEngine.fromUri(daemon.uri())) {
            assertThatThrownBy(engine::info).hasMessageContaining("too old");
            assertThat(daemon.requests())
                    .filteredOn(line -> line.contains("/info"))
                    .hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>hello</html>",
                "{\"ApiVersion\":",
                "[]",
                "null",
                "{\"ApiVersion\":\"latest\"}",
                "{\"ApiVersion\":\"99999999999.1\"}",
                "{\"ApiVersion\":{\"a\":1}}"
            })
    void saysThatGarbageIsNoDockerEngine(String answer) throws IOException {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> request.answer(200, answer));
                DockerEngine engine = DockerEngine.fromUri(daemon.uri())) {
            assertThatThrownBy(engine::info)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining(daemon.uri().toString())
                    .hasMessageMatching("(?s).*(does not speak Docker's API|is Docker Engine there).*");
        }
    }

    @Test
    void saysThatAnotherWebServerIsNoDockerEngine() throws IOException {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> request.answer(403, "<html>"));
                DockerEngine engine = DockerEngine.fromUri(daemon.uri())) {
            assertThatThrownBy(engine::info)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("403");
        }
    }

    @Test
    void readsNoMoreOfAnEndlessAnswerThanAVersionCanBe() throws IOException {
        byte[] huge = "[".repeat(8 << 20).getBytes(StandardCharsets.US_ASCII);
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> request.answer(200, huge));
                DockerEngine engine = DockerEngine.fromUri(daemon.uri())) {
            assertThatThrownBy(engine::info).isInstanceOf(UnavailableException.class);
        }
    }

    @Test
    void refusesAnInfoThatSaysNothing() throws IOException {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(
                        directory, FakeDaemon.speaking("1.24", "1.45", request -> request.answer(200, "{}")));
                DockerEngine engine = DockerEngine.fromUri(daemon.uri())) {
            assertThatThrownBy(engine::info)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("does not say what it is");
        }
    }

    @Test
    void saysThatTheSocketIsMissing() {
        Path socket = directory.resolve("absent.sock");
        try (DockerEngine engine = DockerEngine.overUnixSocket(socket)) {
            assertThatThrownBy(engine::info)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining(socket.toString())
                    .hasMessageContaining("there is no such socket; install and start Docker Engine");
        }
    }

    @Test
    void saysThatNothingListensOnTheSocket() throws IOException {
        Path socket = directory.resolve("left.sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket))
                .close();
        try (DockerEngine engine = DockerEngine.overUnixSocket(socket)) {
            assertThatThrownBy(engine::info)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("nothing listens on the socket; start Docker Engine");
        }
    }

    @Test
    void saysThatNothingListensOnThePort() {
        try (DockerEngine engine = DockerEngine.overTcp("127.0.0.1", 1)) {
            assertThatThrownBy(engine::info)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("tcp://127.0.0.1:1")
                    .hasMessageContaining("look whether Docker Engine runs there");
        }
    }

    @Test
    void saysThatAnEngineHangs() throws IOException {
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(directory, request -> {
                    try {
                        Thread.sleep(30_000);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return false;
                });
                DockerEngine engine = DockerEngine.builder(daemon.uri())
                        .readTimeout(Duration.ofMillis(300))
                        .build()) {
            assertThatThrownBy(engine::info)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("did not answer in time");
        }
    }

    private boolean info(FakeDaemon.Request request) throws IOException {
        return request.answer(200, INFO);
    }
}
