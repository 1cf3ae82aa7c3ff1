package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import dev.mlops.onnx.routing.ModelRouter;
import dev.mlops.onnx.routing.ShadowOptions;
import dev.mlops.onnx.testing.TestModels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever goes wrong with a run or its answer, there is one, and nothing is counted any more. */
@Timeout(60)
class ExchangeTest {
    private final OnnxModel model = OnnxModel.load("relu", TestModels.relu(), OnnxOptions.DEFAULT);

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void aRunThatEndsWithAnErrorIsAnswered() throws Exception {
        Runner failing = runner((inputs, outputs, slots, receiver) -> Runner.runInSlot(
                slots,
                () -> {
                    throw new OutOfMemoryError("a test");
                },
                receiver));

        Reply reply = infer(failing, line -> {});

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.text()).contains("could not be run", "a test");
    }

    @Test
    void anAnswerThatCannotBeWrittenIsToldOf() throws Exception {
        Value nested = Tensor.floats(new float[] {1}, 1);
        for (int depth = 0; depth < 200_000; depth++) {
            nested = new Value.Sequence(List.of(nested));
        }
        Result tooDeep = Result.of(List.of("y"), List.of(nested));

        Reply reply = infer(runner((inputs, outputs, slots, receiver) -> receiver.accept(tooDeep, null)), line -> {});

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.text()).contains("StackOverflowError");
    }

    @Test
    void whoIsToldOfFailuresMayThrow() throws Exception {
        Consumer<String> throwing = line -> {
            throw new IllegalStateException(line);
        };
        Runner failing = runner((inputs, outputs, slots, receiver) -> {
            throw new IllegalStateException("the run");
        });

        assertThat(infer(failing, throwing).status()).isEqualTo(500);
        InferenceProtocol protocol = protocol(ServedModel.of("relu", "1", model), throwing);
        try (Exchange exchange = protocol.open(new RequestHead("GET", "/nothing", name -> null))) {
            assertThat(exchange.reply()).isNotNull();
        }
        assertThat(protocol.active()).isZero();
    }

    @Test
    void linesOfFailuresAreSingle() throws Exception {
        CompletableFuture<String> told = new CompletableFuture<>();
        InferenceProtocol protocol = protocol(ServedModel.of("relu", "1", model), told::complete);

        protocol.open(new RequestHead("GET", "/a\nb\u0085c\u2028d", name -> null))
                .close();

        assertThat(told.get()).startsWith("GET /a?b?c?d: 404 ").doesNotContain("\u0085", "\u2028");
    }

    @Test
    void aFailureBesideAShadowIsTheOneOfTheModel() throws Exception {
        byte[] lookup = TestModels.lookup();
        try (ModelRouter router =
                ModelRouter.batching(OnnxModel.load("lookup", lookup, OnnxOptions.DEFAULT), BatchOptions.DEFAULT)) {
            router.shadow(() -> OnnxModel.load("shadow", lookup, OnnxOptions.DEFAULT), ShadowOptions.DEFAULT);

            Reply reply = infer(
                    protocol(ServedModel.of("lookup", "1", router), line -> {}),
                    "{\"inputs\":[{\"name\":\"index\",\"datatype\":\"INT64\",\"shape\":[1],\"data\":[7]}]}",
                    "lookup");

            assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        }
    }

    private Runner runner(Runner.Call call) {
        return new Runner(model::signature, () -> true, call);
    }

    private static InferenceProtocol protocol(ServedModel served, Consumer<String> failures) {
        ModelCatalog catalog = new ModelCatalog();
        catalog.put(served);
        return new InferenceProtocol(catalog, ServingLimits.DEFAULT, failures, Runnable::run);
    }

    private static Reply infer(Runner runner, Consumer<String> failures) throws Exception {
        return infer(protocol(new ServedModel("relu", "1", runner, false), failures), Clients.relu(1), "relu");
    }

    private static Reply infer(InferenceProtocol protocol, String request, String name) throws Exception {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        byte[] body = request.getBytes(StandardCharsets.UTF_8);
        try (Exchange exchange =
                protocol.open(new RequestHead("POST", "/v2/models/" + name + "/infer", header -> null))) {
            exchange.infer(body, body.length, Runnable::run, reply::complete);
            reply.get();
        }
        assertThat(protocol.active()).isZero();
        return reply.get();
    }
}
