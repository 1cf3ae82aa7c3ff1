package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.Clients.answer;
import static dev.mlops.onnx.serving.Clients.connect;
import static dev.mlops.onnx.serving.Clients.post;
import static dev.mlops.onnx.serving.Clients.relu;
import static dev.mlops.onnx.serving.Clients.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients may do to the server, sent byte by byte; after each of them it answers others. */
@Timeout(60)
class HostileClientTest {
    private static final int MOST_BYTES = 4096;
    private static final String CHUNKED =
            "POST /v2/models/relu/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String HEAD = "POST /v2/models/relu/infer HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s\r\n";

    private final OnnxModel model = OnnxModel.load("relu", TestModels.relu(), OnnxOptions.DEFAULT);
    private InferenceServer server;

    @BeforeEach
    void start() {
        server = start(limits());
    }

    private static ServingLimits.Builder limits() {
        return ServingLimits.builder().maxRequestBytes(MOST_BYTES);
    }

    private InferenceServer start(ServingLimits.Builder limits) {
        return InferenceServer.builder()
                .serve("relu", "1", model)
                .grace(Duration.ZERO)
                .limits(limits.build())
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(Clients.exchange(server.port(), post("relu", relu(5)))
                        .json()
                        .at("/outputs/0/data/0")
                        .asInt())
                .isEqualTo(5);
        awaitIdle(server);
        server.close();
        model.close();
    }

    private static void awaitIdle(InferenceServer server) throws InterruptedException {
        while (server.active() > 0) {
            Thread.sleep(1);
        }
    }

    @Test
    void bodiesInChunksAreReadUpToTheLimit() throws Exception {
        try (Socket socket = connect(server.port())) {
            send(socket, CHUNKED + chunk(relu(3).substring(0, 20)) + chunk(relu(3).substring(20)) + "0\r\n\r\n");
            assertThat(answer(socket).json().at("/outputs/0/data/0").asInt()).isEqualTo(3);

            send(socket, CHUNKED + chunk(" ".repeat(MOST_BYTES)) + chunk(" ") + "0\r\n\r\n");
            answer(socket).expect(413, "longer than " + MOST_BYTES);

            send(socket, CHUNKED);
            send(socket, chunk(" ".repeat(MOST_BYTES)));
            send(socket, chunk(" ".repeat(MOST_BYTES)));
            send(socket, chunk(" "));
            assertThat(answer(socket).expect(413, "longer than").header("connection"))
                    .isEqualTo("close");
            assertThat(isEnded(socket)).isTrue();
        }
    }

    @Test
    void lengthsThatAreTooLargeAreRefusedBeforeTheBodyComes() throws Exception {
        try (Socket socket = connect(server.port())) {
            send(socket, HEAD.formatted(2 * MOST_BYTES + 1, "") + " ");
            answer(socket).expect(413, "longer than " + MOST_BYTES);
        }
        try (Socket socket = connect(server.port())) {
            send(socket, HEAD.formatted(MOST_BYTES + 1, "Expect: 100-continue\r\n"));
            answer(socket).expect(413, "longer than " + MOST_BYTES);
        }
    }

    @Test
    void whoSendsFarTooMuchSeesTheAnswer() throws Exception {
        for (int i = 0; i < 5; i++) {
            Clients.exchange(server.port(), post("relu", " ".repeat(32 << 20)))
                    .expect(413, "longer than " + MOST_BYTES);
        }
    }

    @Test
    void aClientThatWaitsIsToldToGoOn() throws Exception {
        try (Socket socket = connect(server.port())) {
            send(socket, HEAD.formatted(relu(3).length(), "Expect: 100-continue\r\n"));
            assertThat(new String(socket.getInputStream().readNBytes(25), StandardCharsets.UTF_8))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            send(socket, relu(3));
            assertThat(answer(socket).status()).isEqualTo(200);
        }
    }

    @Test
    void requestsThatDoNotWaitForAnswersAreAnsweredInOrder() throws Exception {
        int count = 50;
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < count; i++) {
            requests.append("GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n");
            requests.append(new String(post("relu", relu(i)), StandardCharsets.UTF_8));
        }
        try (Socket socket = connect(server.port())) {
            Thread sender = new Thread(() -> sendAll(socket, requests.toString()));
            sender.start();
            for (int i = 0; i < count; i++) {
                assertThat(answer(socket).json().get("live").asBoolean()).isTrue();
                assertThat(answer(socket).json().at("/outputs/0/data/0").asInt())
                        .isEqualTo(i);
            }
            sender.join();
        }
    }

    private static void sendAll(Socket socket, String text) {
        try {
            send(socket, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\1\2\3\r\n\r\n",
                "POST /v2/models/relu/infer HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST /v2/models/relu/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n {}",
                "POST /v2/models/relu/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void whatIsNoHttpIsRefused(String request) throws Exception {
        Clients.Answer answer = Clients.exchange(server.port(), request.getBytes(StandardCharsets.UTF_8));

        answer.expect(400, "the request is no HTTP");
        assertThat(answer.header("connection")).isEqualTo("close");
    }

    @Test
    void headersThatAreTooLongAreRefused() throws Exception {
        Clients.exchange(
                        server.port(),
                        ("GET /" + "a".repeat(10_000) + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.UTF_8))
                .expect(400, "the request is no HTTP");
        Clients.exchange(
                        server.port(),
                        ("GET /v2 HTTP/1.1\r\nX: " + "a".repeat(10_000) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8))
                .expect(400, "the request is no HTTP");
        Clients.exchange(server.port(), Clients.request("GET", "/%zz")).expect(404, "/%zz");
    }

    @Test
    void clientsThatAreTooSlowAreTurnedAway() throws Exception {
        try (InferenceServer hurried = start(limits().clientTimeout(Duration.ofMillis(200)))) {
            try (Socket silent = connect(hurried.port());
                    Socket half = connect(hurried.port());
                    Socket dripping = connect(hurried.port())) {
                send(half, HEAD.formatted(100, "") + "{");
                send(dripping, HEAD.formatted(MOST_BYTES, ""));
                answer(half).expect(408, "took too long");
                assertThat(isEnded(silent)).isTrue();
                drip(dripping);
                answer(dripping).expect(408, "took too long");
            }
            awaitIdle(hurried);
        }
    }

    /** Sends a byte now and then, until the server has had enough. */
    private static void drip(Socket socket) throws Exception {
        while (socket.getInputStream().available() == 0) {
            send(socket, " ");
            Thread.sleep(20);
        }
    }

    @Test
    void clientsThatGoAwayLeaveNothingBehind() throws Exception {
        for (int i = 0; i < 50; i++) {
            try (Socket beforeTheBody = connect(server.port());
                    Socket inTheBody = connect(server.port());
                    Socket beforeTheAnswer = connect(server.port())) {
                send(beforeTheBody, HEAD.formatted(100, ""));
                send(inTheBody, HEAD.formatted(100, "") + "{\"inputs");
                beforeTheAnswer.setSoLinger(true, 0);
                send(beforeTheAnswer, new String(post("relu", relu(i)), StandardCharsets.UTF_8));
            }
        }
        awaitIdle(server);
    }

    @Test
    void requestsBeyondTheLimitAreTurnedAwayAndHealthIsTold() throws Exception {
        try (InferenceServer narrow = start(limits().maxRequests(2));
                Socket first = connect(narrow.port());
                Socket second = connect(narrow.port())) {
            send(first, HEAD.formatted(100, "") + "{");
            send(second, HEAD.formatted(100, "") + "{");
            while (narrow.active() < 2) {
                Thread.sleep(1);
            }

            Clients.Answer third = Clients.exchange(narrow.port(), post("relu", relu(1)));

            assertThat(third.expect(503, "too many requests").header("retry-after"))
                    .isEqualTo("1");
            assertThat(Clients.exchange(narrow.port(), Clients.request("GET", "/v2/health/ready"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreToldSoAndClosed() throws Exception {
        try (InferenceServer narrow = start(limits().maxConnections(2))) {
            try (Socket first = connect(narrow.port());
                    Socket second = connect(narrow.port())) {
                send(first, new String(post("relu", relu(1)), StandardCharsets.UTF_8));
                send(second, new String(post("relu", relu(2)), StandardCharsets.UTF_8));
                assertThat(answer(first).status()).isEqualTo(200);
                assertThat(answer(second).status()).isEqualTo(200);

                for (int i = 0; i < 200; i++) {
                    try (Socket more = connect(narrow.port())) {
                        Clients.Answer refusal = answer(more).expect(503, "too many connections");
                        assertThat(refusal.header("retry-after")).isEqualTo("1");
                        assertThat(isEnded(more)).isTrue();
                    }
                }
                send(first, new String(post("relu", relu(3)), StandardCharsets.UTF_8));
                assertThat(answer(first).status()).isEqualTo(200);
            }
            awaitAnswer(narrow);
        }
    }

    /** Connections are counted until the server has noticed that they are closed. */
    private static void awaitAnswer(InferenceServer server) throws Exception {
        while (Clients.exchange(server.port(), post("relu", relu(1))).status() == 503) {
            Thread.sleep(1);
        }
    }

    @Test
    void bodiesThatFillTheMemoryTogetherAreTurnedAway() throws Exception {
        List<Socket> greedy = new ArrayList<>();
        try (InferenceServer narrow = start(limits().maxHeldBytes(4 * MOST_BYTES))) {
            for (int i = 0; i < 4; i++) {
                Socket socket = connect(narrow.port());
                send(socket, HEAD.formatted(MOST_BYTES, "") + " ".repeat(MOST_BYTES - 1));
                greedy.add(socket);
            }
            while (narrow.heldBytes() < 4 * (MOST_BYTES - 1)) {
                Thread.sleep(1);
            }

            try (Socket kept = connect(narrow.port())) {
                send(kept, new String(post("relu", relu(1)), StandardCharsets.UTF_8));
                assertThat(answer(kept).expect(503, "too many bytes").header("retry-after"))
                        .isEqualTo("1");
                send(greedy.get(0), " ");
                answer(greedy.get(0)).expect(400, "must be an object");
                send(kept, new String(post("relu", relu(1)), StandardCharsets.UTF_8));
                assertThat(answer(kept).status()).isEqualTo(200);
            }
            for (Socket socket : greedy) {
                socket.close();
            }
            awaitIdle(narrow);
            assertThat(narrow.heldBytes()).isZero();
        }
    }

    @Test
    void lengthsThatAreOnlyAnnouncedHoldNothing() throws Exception {
        List<Socket> liars = new ArrayList<>();
        try (InferenceServer narrow = start(limits().maxHeldBytes(MOST_BYTES))) {
            for (int i = 0; i < 50; i++) {
                Socket socket = connect(narrow.port());
                send(socket, HEAD.formatted(MOST_BYTES, "") + " ");
                liars.add(socket);
            }
            while (narrow.active() < liars.size()) {
                Thread.sleep(1);
            }

            assertThat(Clients.exchange(narrow.port(), post("relu", relu(1))).status())
                    .isEqualTo(200);
        }
        for (Socket socket : liars) {
            socket.close();
        }
    }

    @Test
    void closingTurnsAwayWhoIsStillSending() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (InferenceServer closing = start(limits())) {
            for (int i = 0; i < 10; i++) {
                Socket socket = connect(closing.port());
                send(socket, HEAD.formatted(100, "") + "{");
                sockets.add(socket);
            }
            while (closing.active() < sockets.size()) {
                Thread.sleep(1);
            }
        }
        for (Socket socket : sockets) {
            answer(socket).expect(503, "the server is closed");
            assertThat(isEnded(socket)).isTrue();
            socket.close();
        }
    }

    private static boolean isEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return !(e instanceof java.net.SocketTimeoutException);
        }
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }
}
