package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.testing.TestModels;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection without a network, on which a model is run for as long as the test likes. */
@Timeout(60)
class HttpConnectionTest {
    private static final Result RESULT =
            Result.of(List.of("y"), List.of(Tensor.floats(new float[] {1, 0, 0, 0}, 1, 4)));

    private final OnnxModel model = OnnxModel.load("relu", TestModels.relu(), OnnxOptions.DEFAULT);
    private final AtomicReference<Runner.Receiver> running = new AtomicReference<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final InferenceProtocol protocol = protocol();
    private final EmbeddedChannel channel = connection(Runnable::run);

    private InferenceProtocol protocol() {
        ModelCatalog catalog = new ModelCatalog();
        Runner held =
                new Runner(model::signature, () -> true, (inputs, outputs, slots, receiver) -> running.set(receiver));
        catalog.put(new ServedModel("relu", "1", held, false));
        return new InferenceProtocol(catalog, ServingLimits.DEFAULT, line -> {}, Runnable::run);
    }

    private EmbeddedChannel connection(Executor threads) {
        EmbeddedChannel made = new EmbeddedChannel();
        made.config().setAutoRead(false);
        made.pipeline().addLast(new CountingReads(), new HttpConnection(protocol, threads));
        return made;
    }

    private final class CountingReads extends ChannelOutboundHandlerAdapter {
        @Override
        public void read(ChannelHandlerContext context) {
            reads.incrementAndGet();
        }
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        assertThat(protocol.active()).isZero();
        model.close();
    }

    @Test
    void nothingMoreIsReadWhileAModelRuns() {
        channel.writeInbound(get("/v2/health/live"), inference(), get("/v2/health/ready"));

        assertThat(answer()).contains("live");
        assertThat(reads).hasValue(0);
        assertThat(channel.outboundMessages()).isEmpty();

        running.get().accept(RESULT, null);
        channel.runPendingTasks();
        assertThat(answer()).contains("[1.0,0.0,0.0,0.0]");
        assertThat(answer()).contains("ready");
        assertThat(reads).hasValue(1);
    }

    @Test
    void anAddressMayBeWhole() {
        channel.writeInbound(get("http://somewhere:8080/v2/health/live?a=b"), get("HTTP://somewhere"));

        assertThat(answer()).contains("live");
        assertThat(answer()).contains("nothing is served at");
    }

    @Test
    void anOlderClientIsToldThatItsConnectionStays() {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/v2/health/live");
        request.headers().set("Connection", "keep-alive");

        channel.writeInbound(request);

        FullHttpResponse response = channel.readOutbound();
        assertThat(response.headers().get("Connection")).isEqualTo("keep-alive");
        response.release();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aLongBodyIsRefusedOnceThereAreNoThreads() {
        EmbeddedChannel closing = connection(task -> {
            throw new RejectedExecutionException("a test");
        });
        FullHttpRequest request = inference();
        request.content().writeBytes(" ".repeat(100_000).getBytes(StandardCharsets.UTF_8));

        closing.writeInbound(request);

        FullHttpResponse response = closing.readOutbound();
        assertThat(response.status().code()).isEqualTo(503);
        response.release();
        assertThat(closing.isOpen()).isFalse();
    }

    @Test
    void aClientThatGoesAwayIsCountedUntilItsRunEnds() {
        channel.writeInbound(inference());
        channel.pipeline().fireExceptionCaught(new java.io.IOException("a test"));
        channel.runPendingTasks();

        assertThat(channel.isOpen()).isFalse();
        assertThat(protocol.active()).isEqualTo(1);
        running.get().accept(RESULT, null);
        channel.runPendingTasks();
        assertThat(protocol.active()).isZero();
    }

    private String answer() {
        FullHttpResponse response = channel.readOutbound();
        String text = response.content().toString(StandardCharsets.UTF_8);
        response.release();
        return text;
    }

    private static FullHttpRequest get(String target) {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
    }

    private static FullHttpRequest inference() {
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                "/v2/models/relu/infer",
                Unpooled.buffer().writeBytes(Clients.relu(1).getBytes(StandardCharsets.UTF_8)));
    }
}
