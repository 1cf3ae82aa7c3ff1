package dev.mlops.onnx.serving;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose client has an answer and is still sending: drops what comes until the client ends it too, for a
 * short time. Closed at once, with bytes that nobody read, it would be reset, and the client might not see its answer
 * (RFC 9112, 9.6). Confined to the event loop of the connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails here leaves a connection to be closed in time
final class LingeringClose extends ChannelInboundHandlerAdapter {
    private static final long MILLIS = 2_000;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (context.channel() instanceof DuplexChannel channel) {
            channel.shutdownOutput();
        }
        context.executor().schedule(() -> context.close(), MILLIS, TimeUnit.MILLISECONDS);
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == HttpConnection.CLOSED) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
