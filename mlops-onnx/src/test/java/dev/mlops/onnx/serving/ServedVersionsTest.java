package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.Clients.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.routing.ModelRouter;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several versions, batches, and models that change while they are served; each adds another number to its input. */
@Timeout(60)
class ServedVersionsTest {
    @RegisterExtension
    final TestServer server = new TestServer()
            .serve("plus", "9", TestModels.plus(9))
            .serve("plus", "10", TestModels.plus(10))
            .serve("steady", "2", TestModels.plus(2))
            .servePreferred("steady", "1", TestModels.plus(1));

    @Test
    void aRequestWithoutAVersionGoesToTheHighestOrThePreferred() throws Exception {
        assertThat(infer("plus")).isEqualTo(10);
        assertThat(infer("plus/versions/9")).isEqualTo(9);
        assertThat(infer("steady")).isEqualTo(1);
        assertThat(infer("steady/versions/2")).isEqualTo(2);
        assertThat(server.get("/v2/models/plus").json().get("versions")).hasToString("[\"9\",\"10\"]");
        assertThat(server.get("/v2/models/plus/versions/9").json().get("versions"))
                .hasToString("[\"9\",\"10\"]");
    }

    @Test
    void versionsCanBeAddedReplacedAndWithdrawn() throws Exception {
        server.server().serve(ServedModel.of("plus", "11", plus(11)));
        assertThat(infer("plus")).isEqualTo(11);
        server.server().serve(ServedModel.of("plus", "11", plus(12)));
        assertThat(infer("plus")).isEqualTo(12);
        server.server().serve(ServedModel.of("plus", "9", plus(9)).preferred());
        assertThat(infer("plus")).isEqualTo(9);

        assertThat(server.server().withdraw("plus", "9")).isTrue();
        assertThat(server.server().withdraw("plus", "9")).isFalse();
        assertThat(infer("plus")).isEqualTo(12);
        server.get("/v2/models/plus/versions/9").expect(404, "version '9' of model 'plus'");
        server.server().withdraw("plus", "10");
        server.server().withdraw("plus", "11");
        server.get("/v2/models/plus").expect(404, "model 'plus'");
    }

    @Test
    void serversOfOneBuilderServeEachTheirOwn() throws Exception {
        InferenceServer.Builder builder = InferenceServer.builder().serve("plus", "1", plus(1));
        try (InferenceServer first = builder.start();
                InferenceServer second = builder.start()) {
            assertThat(second.withdraw("plus", "1")).isTrue();

            assertThat(Clients.exchange(first.port(), post("plus", body("[1]", "[0]")))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aClosedModelIsNotReady() throws Exception {
        assertThat(server.get("/v2/health/ready").status()).isEqualTo(200);
        server.firstModel().close();

        server.get("/v2/health/ready").expect(503, "plus:9");
        server.get("/v2/models/plus/versions/9/ready").expect(503, "plus:9");
        assertThat(server.get("/v2/models/plus/ready").status()).isEqualTo(200);
        assertThat(server.get("/v2/health/live").status()).isEqualTo(200);
    }

    @Test
    void aRouterIsSwappedWhileItIsServed() throws Exception {
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            server.server().serve(ServedModel.of("routed", "1", router));
            assertThat(infer("routed")).isEqualTo(1);
            router.swap(() -> plus(5), 1);
            assertThat(infer("routed")).isEqualTo(5);
        }
    }

    @Test
    void rowsOfManyClientsAreRunTogether() throws Exception {
        try (OnnxModel rows = OnnxModel.load("rows", TestModels.rowCount(), OnnxOptions.DEFAULT);
                BatchingModel batching = BatchingModel.of(
                        rows,
                        BatchOptions.builder()
                                .preferredBatchSizes(4)
                                .maxQueueDelay(java.time.Duration.ofSeconds(30))
                                .build())) {
            server.server().serve(ServedModel.of("rows", "1", batching));
            List<CompletableFuture<Float>> answers = IntStream.range(0, 4)
                    .mapToObj(i ->
                            CompletableFuture.supplyAsync(() -> unchecked("rows"), task -> new Thread(task).start()))
                    .toList();

            for (CompletableFuture<Float> each : answers) {
                assertThat(each.get()).isEqualTo(4);
            }
        }
    }

    @Test
    void moreRowsThanABatchMayHaveAreRunByThemselves() throws Exception {
        OnnxModel model = plus(1);
        try (BatchingModel batching =
                BatchingModel.of(model, BatchOptions.builder().maxBatchSize(2).build())) {
            server.server().serve(ServedModel.of("few", "1", batching));

            assertThat(server.infer("few", body("[3]", "[1, 2, 3]")).at("/outputs/0/data"))
                    .hasToString("[2.0,3.0,4.0]");
            server.send(post("few", body("[0]", "[]"))).expect(400, "rows");
            server.send(post("few", body("[1, 1]", "[1]"))).expect(400, "x");
        }
    }

    @Test
    void noRequestIsLostWhileBatchedModelsTakeEachOthersPlace() throws Exception {
        AtomicBoolean isDone = new AtomicBoolean();
        BatchingModel serving = BatchingModel.of(plus(1), BatchOptions.DEFAULT);
        server.server().serve(ServedModel.of("swapped", "1", serving));
        List<CompletableFuture<Integer>> clients = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> callUntil(isDone), task -> new Thread(task).start()))
                .toList();
        for (int swap = 0; swap < 50; swap++) {
            BatchingModel next = BatchingModel.of(plus(1), BatchOptions.DEFAULT);
            server.server().serve(ServedModel.of("swapped", "1", next));
            serving.close();
            serving = next;
        }
        isDone.set(true);
        for (CompletableFuture<Integer> each : clients) {
            assertThat(each.get()).isPositive();
        }
        serving.close();
    }

    private int callUntil(AtomicBoolean isDone) {
        int calls = 0;
        try (Socket socket = Clients.connect(server.port())) {
            do {
                socket.getOutputStream().write(post("swapped", body("[1]", "[0]")));
                Clients.Answer answer = Clients.answer(socket);
                assertThat(answer.status())
                        .as(new String(answer.body(), StandardCharsets.UTF_8))
                        .isEqualTo(200);
                calls++;
            } while (!isDone.get());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return calls;
    }

    private float unchecked(String model) {
        try {
            return infer(model);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private float infer(String model) throws IOException {
        return (float)
                server.infer(model, body("[1]", "[0]")).at("/outputs/0/data/0").asDouble();
    }

    private static String body(String shape, String data) {
        return "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": %s, \"data\": %s}]}"
                .formatted(shape, data);
    }

    private OnnxModel plus(float offset) {
        return server.load(TestModels.plus(offset));
    }
}
