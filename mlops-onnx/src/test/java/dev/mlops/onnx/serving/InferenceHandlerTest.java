package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.Clients.floats;
import static dev.mlops.onnx.serving.Clients.post;
import static dev.mlops.onnx.serving.Clients.relu;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The handler in the JDK's server, with threads of the host and without. */
@Timeout(60)
class InferenceHandlerTest {
    private static final int MOST_BYTES = 4096;

    private final OnnxModel model = OnnxModel.load("relu", TestModels.relu(), OnnxOptions.DEFAULT);
    private final BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT);
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final InferenceHandler handler = new InferenceHandler(
            List.of(ServedModel.of("relu", "1", model), ServedModel.of("batched", "1", batching)),
            ServingLimits.builder().maxRequestBytes(MOST_BYTES).build(),
            failures::add);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2", handler);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
        batching.close();
        model.close();
    }

    @Test
    void answersInJsonAndInBinaryPlainAndBatched() throws Exception {
        String json = """
                {"parameters": {"binary_data_output": true}, "inputs": [
                 {"name": "x", "shape": [1, 4], "datatype": "FP32", "parameters": {"binary_data_size": 16}}]}
                """;
        for (String name : List.of("relu", "batched")) {
            assertThat(send(post(name, relu(3))).json().at("/outputs/0/data/0").asInt())
                    .isEqualTo(3);
            assertThat(send(post(name, json, floats(-1, 2, -3, 4))).binary()).isEqualTo(floats(0, 2, 0, 4));
            send(post(name, "{}")).expect(400, "x");
        }
        assertThat(failures).hasSize(2).allMatch(line -> line.contains(": 400 "));
        awaitIdle();
    }

    @Test
    void answersInTheThreadOfAServerThatHasNoOthers() throws Exception {
        HttpServer alone = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        alone.createContext("/v2", handler);
        alone.start();
        try {
            assertThat(Clients.exchange(alone.getAddress().getPort(), post("batched", relu(3)))
                            .status())
                    .isEqualTo(200);
            assertThat(Clients.exchange(alone.getAddress().getPort(), post("relu", relu(3)))
                            .status())
                    .isEqualTo(200);
        } finally {
            alone.stop(0);
        }
    }

    @Test
    void refusesWhatIsTooLong() throws Exception {
        send(post("relu", " ".repeat(MOST_BYTES + 1))).expect(413, "longer than " + MOST_BYTES);
    }

    @Test
    void turnsAwayBodiesThatDoNotFitBesideOthers() throws Exception {
        HttpServer narrow = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        InferenceHandler limited = new InferenceHandler(
                List.of(ServedModel.of("relu", "1", model)),
                ServingLimits.builder()
                        .maxRequestBytes(MOST_BYTES)
                        .maxHeldBytes(MOST_BYTES)
                        .build(),
                failures::add);
        narrow.createContext("/v2", limited);
        narrow.setExecutor(threads);
        narrow.start();
        int port = narrow.getAddress().getPort();
        try (Socket greedy = Clients.connect(port)) {
            Clients.send(
                    greedy,
                    "POST /v2/models/relu/infer HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(MOST_BYTES, " ".repeat(MOST_BYTES - 1)));
            while (limited.heldBytes() < MOST_BYTES - 1) {
                Thread.sleep(1);
            }
            Clients.exchange(port, post("relu", relu(1))).expect(503, "too many bytes");

            Clients.send(greedy, " ");
            Clients.answer(greedy).expect(400, "must be an object");
            assertThat(Clients.exchange(port, post("relu", relu(1))).status()).isEqualTo(200);
        } finally {
            narrow.stop(0);
        }
    }

    @Test
    void survivesClientsThatGoAway() throws Exception {
        try (Socket socket = Clients.connect(server.getAddress().getPort())) {
            Clients.send(socket, "POST /v2/models/relu/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
        }
        assertThat(send(post("relu", relu(1))).status()).isEqualTo(200);
        awaitIdle();
    }

    /** A client has its answer a moment before the handler is done with it. */
    private void awaitIdle() throws InterruptedException {
        while (handler.active() > 0) {
            Thread.sleep(1);
        }
    }

    @Test
    void turnsInferencesAwayWhenItIsDrained() throws Exception {
        handler.drain();

        send(post("relu", relu(1))).expect(503, "closing");
        send(Clients.request("GET", "/v2/health/ready")).expect(503, "closing");
        assertThat(send(Clients.request("GET", "/v2/health/live")).status()).isEqualTo(200);
    }

    @Test
    void modelsCanBeAddedAndWithdrawn() throws Exception {
        handler.serve(ServedModel.of("relu", "2", model));
        assertThat(send(post("relu/versions/2", relu(1))).status()).isEqualTo(200);
        assertThat(handler.withdraw("relu", "2")).isTrue();
        send(post("relu/versions/2", relu(1))).expect(404, "version '2'");
        assertThatThrownBy(() -> new InferenceHandler(
                        List.of(ServedModel.of("a", "1", model), ServedModel.of("a", "1", batching)),
                        ServingLimits.DEFAULT,
                        failures::add))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("a:1");
    }

    private Clients.Answer send(byte[] request) throws IOException {
        return Clients.exchange(server.getAddress().getPort(), request);
    }
}
