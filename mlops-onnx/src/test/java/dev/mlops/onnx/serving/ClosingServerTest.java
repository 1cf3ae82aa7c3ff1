package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.Clients.answer;
import static dev.mlops.onnx.serving.Clients.connect;
import static dev.mlops.onnx.serving.Clients.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.routing.ModelRouter;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What closes while requests are on their way: each is answered, if only with 503. */
@Timeout(60)
class ClosingServerTest {
    private static final int CLIENTS = 8;
    private static final String ONE =
            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}";
    /** A batch begins when it has more rows than there are clients, or this is closed. */
    private static final BatchOptions WAITING = BatchOptions.builder()
            .preferredBatchSizes(CLIENTS + 1)
            .maxQueueDelay(Duration.ofSeconds(50))
            .build();

    private final OnnxModel model = OnnxModel.load("plus", TestModels.plus(1), OnnxOptions.DEFAULT);
    private final List<Socket> clients = new ArrayList<>();
    private final AtomicInteger submitted = new AtomicInteger();

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        model.close();
    }

    @Test
    void requestsThatWaitForABatchAreToldThatTheServerIsClosed() throws Exception {
        try (BatchingModel batching = BatchingModel.of(model, WAITING)) {
            InferenceServer server = start(Runner.of(batching));
            sendFromAll(server);

            server.close();

            for (Socket client : clients) {
                Clients.Answer answer = answer(client).expect(503, "the server is closed");
                assertThat(answer.header("connection")).isEqualTo("close");
                assertThat(answer.header("retry-after")).isEqualTo("1");
                assertThat(client.getInputStream().read()).isNegative();
            }
            assertThat(server.active()).isZero();
        }
    }

    @Test
    void requestsThatWaitForABatchAreRunWhenItsModelIsClosed() throws Exception {
        BatchingModel batching = BatchingModel.of(model, WAITING);
        try (InferenceServer server = start(Runner.of(batching))) {
            sendFromAll(server);

            batching.close();

            for (Socket client : clients) {
                assertThat(answer(client).json().at("/outputs/0/data")).hasToString("[2.0]");
            }
            Clients.exchange(server.port(), post("plus", ONE)).expect(503, "closed");
        }
    }

    @Test
    void requestsThatWaitForABatchAreRunWhenTheirRouterIsSwapped() throws Exception {
        try (ModelRouter router = ModelRouter.batching(
                        OnnxModel.load("first", TestModels.plus(1), OnnxOptions.DEFAULT), WAITING);
                InferenceServer server = start(Runner.of(router))) {
            sendFromAll(server);

            router.swap(() -> OnnxModel.load("second", TestModels.plus(2), OnnxOptions.DEFAULT), 1);

            for (Socket client : clients) {
                assertThat(answer(client).json().at("/outputs/0/data")).hasToString("[2.0]");
            }
        }
    }

    @Test
    void requestsOfAModelThatIsClosedUnderItsBatchesAreAnswered() throws Exception {
        BatchingModel batching = BatchingModel.of(model, WAITING);
        try (InferenceServer server = start(Runner.of(batching))) {
            sendFromAll(server);

            model.close();
            batching.close();

            for (Socket client : clients) {
                answer(client).expect(503, "closed");
            }
        }
    }

    @Test
    void runsThatWaitForAThreadAreToldThatTheServerIsClosed() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Runner held = new Runner(
                model::signature,
                () -> true,
                (inputs, outputs, slots, receiver) -> Runner.runInSlot(
                        slots,
                        () -> {
                            await(release);
                            return model.run(inputs);
                        },
                        receiver));
        InferenceServer server = start(held);
        sendFromAll(server);

        server.close();

        for (Socket client : clients) {
            answer(client).expect(503, "the server is closed");
        }
        release.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever is served at the time is asked all the time, while models take each other's place and the server closes. */
    @Test
    void noRequestOfManyIsLostWhenAllCloses() throws Exception {
        for (int round = 0; round < 20; round++) {
            BatchingModel first = BatchingModel.of(model, BatchOptions.DEFAULT);
            BatchingModel second = BatchingModel.of(model, BatchOptions.DEFAULT);
            AtomicBoolean isClosing = new AtomicBoolean();
            InferenceServer server = start(Runner.of(first));
            List<CompletableFuture<Integer>> callers = IntStream.range(0, CLIENTS)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> callUntilItEnds(server.port(), isClosing), task -> new Thread(task).start()))
                    .toList();
            Thread.sleep(ThreadLocalRandom.current().nextInt(1, 20));
            server.serve(ServedModel.of("plus", "1", second));
            first.close();
            isClosing.set(true);
            server.close(Duration.ofSeconds(10));
            second.close();
            for (CompletableFuture<Integer> caller : callers) {
                assertThat(caller.get()).isNotNegative();
            }
            assertThat(server.active()).isZero();
        }
    }

    /** Gives how many answers there were before the server said that it closes, or ended the connection between two. */
    private static int callUntilItEnds(int port, AtomicBoolean isClosing) {
        int answers = 0;
        try (Socket socket = connect(port)) {
            while (true) {
                socket.getOutputStream().write(post("plus", ONE));
                Clients.Answer answer = answer(socket);
                if (answer.status() != 200) {
                    answer.expect(503, "clos");
                    break;
                }
                assertThat(answer.json().at("/outputs/0/data")).hasToString("[2.0]");
                answers++;
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("a request was left without an answer", e);
        } catch (IOException e) {
            assertThat(e.getMessage()).as("part of an answer").doesNotContain("HTTP/1.1");
        }
        assertThat(isClosing).isTrue();
        return answers;
    }

    @Test
    void aGraceIsNotNegative() {
        InferenceServer.Builder builder = InferenceServer.builder();
        Duration negative = Duration.ofNanos(-1);

        assertThatThrownBy(() -> builder.grace(negative))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("grace");
        try (InferenceServer server = start(Runner.of(model))) {
            assertThatThrownBy(() -> server.close(negative)).isInstanceOf(InvalidInputException.class);
            server.close(Duration.ofSeconds(Long.MAX_VALUE));
        }
    }

    private InferenceServer start(Runner runner) {
        Runner counting = new Runner(runner::signature, runner::isOpen, (inputs, outputs, slots, receiver) -> {
            runner.run(inputs, outputs, slots, receiver);
            submitted.incrementAndGet();
        });
        return InferenceServer.builder()
                .serve(new ServedModel("plus", "1", counting, false))
                .limits(ServingLimits.builder()
                        .concurrency(2)
                        .queueTimeout(Duration.ofSeconds(50))
                        .build())
                .grace(Duration.ZERO)
                .start();
    }

    /** Sends a request of each client, and returns when all are on their way. */
    private void sendFromAll(InferenceServer server) throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            Socket client = connect(server.port());
            client.getOutputStream().write(post("plus", ONE));
            clients.add(client);
        }
        while (submitted.get() < CLIENTS) {
            Thread.sleep(1);
        }
    }
}
