package dev.mlops.onnx.serving;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts connections, and refuses those that are too many. Thread-safe. */
final class ConnectionLimit {
    private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);

    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    ConnectionLimit(int most) {
        this.most = most;
    }

    /** Counts a connection until it is closed; false, and does not, if there are too many. */
    boolean enter(Channel connection) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            log.debug("{} is refused: {} connections are open", connection, most);
            return false;
        }
        connection.closeFuture().addListener(closed -> open.decrementAndGet());
        return true;
    }

    /** What answers a connection that is not let in, behind what encodes responses. */
    static ChannelHandler refusal() {
        return new Refusal();
    }

    private static final class Refusal extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            Reply reply = Reply.error(503, "too many connections; try again");
            context.writeAndFlush(HttpMessages.response(reply, HttpMessages.Connection.ENDS))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }
}
