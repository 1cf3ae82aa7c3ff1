package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A model served as the documentation of ONNX Runtime, Jackson and Netty shows it: a tree of JSON, arrays of arrays, a
 * tensor of these, what the run gives as arrays again, and Jackson for the answer, in as many threads as processors.
 */
final class DocumentationServer implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final ObjectMapper mapper = new ObjectMapper();
    private final OrtSession session;
    private final EventLoopGroup loops = new NioEventLoopGroup();
    private final Channel listening;

    DocumentationServer(BenchmarkModel model) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            session = environment.createSession(model.bytes(), options);
        }
        listening = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(1 << 20))
                                .addLast(new Handler());
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    private byte[] answer(InputStream body) throws IOException, OrtException {
        JsonNode input = mapper.readTree(body).get("inputs").get(0);
        int rows = input.get("shape").get(0).asInt();
        int columns = input.get("shape").get(1).asInt();
        float[][] x = new float[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < columns; k++) {
                x[i][k] = input.get("data").get(i * columns + k).floatValue();
            }
        }
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, x);
                OrtSession.Result result = session.run(Map.of("x", tensor))) {
            float[][] y = (float[][]) result.get(0).getValue();
            Map<String, Object> output = Map.of(
                    "name", "y", "datatype", "FP32", "shape", new int[] {y.length, y[0].length}, "data", flat(y));
            return mapper.writeValueAsBytes(Map.of("model_name", "model", "outputs", List.of(output)));
        }
    }

    private static float[] flat(float[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
        }
        return flat;
    }

    @Override
    public void close() throws OrtException {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        session.close();
    }

    private final class Handler extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // as handlers are written
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) throws Exception {
            byte[] answer = answer(new ByteBufInputStream(request.content()));
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(answer));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
            response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.length);
            context.writeAndFlush(response);
        }
    }
}
