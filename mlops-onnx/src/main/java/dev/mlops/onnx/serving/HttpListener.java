package dev.mlops.onnx.serving;

import dev.mlops.api.error.UnavailableException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Listens on a port and has each connection answered by an {@link HttpConnection}. Thread-safe. */
final class HttpListener implements AutoCloseable {
    /** How long clients have to take the answers that are left. */
    private static final long FAREWELL_MILLIS = 1_000;

    private final EventLoopGroup loops;
    private final ChannelGroup connections;
    private final Channel listening;
    private final InetSocketAddress address;

    private HttpListener(EventLoopGroup loops, ChannelGroup connections, Channel listening) {
        this.loops = loops;
        this.connections = connections;
        this.listening = listening;
        this.address = (InetSocketAddress) listening.localAddress();
    }

    /**
     * Starts listening.
     *
     * @param threads where long bodies are read
     * @param factory makes the threads of the connections
     */
    static HttpListener start(
            String host, int port, InferenceProtocol protocol, Executor threads, ThreadFactory factory) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnavailableException("cannot listen on " + host + ": the host is unknown");
        }
        int loopCount = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        EventLoopGroup loops = new NioEventLoopGroup(loopCount, factory);
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // HttpConnection says when it wants more.
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new Pipeline(protocol, threads, connections))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
            throw new UnavailableException(
                    "cannot listen on %s:%d: %s"
                            .formatted(host, port, bound.cause().getMessage()),
                    bound.cause());
        }
        return new HttpListener(loops, connections, bound.channel());
    }

    InetSocketAddress address() {
        return address;
    }

    /** Stops listening, has requests that are on their way told so, and cuts all connections. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(HttpConnection.CLOSED));
        connections.newCloseFuture().awaitUninterruptibly(FAREWELL_MILLIS);
        connections.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** What a connection is made of. */
    private static final class Pipeline extends ChannelInitializer<SocketChannel> {
        private final InferenceProtocol protocol;
        private final Executor threads;
        private final ChannelGroup connections;
        private final ConnectionLimit limit;

        Pipeline(InferenceProtocol protocol, Executor threads, ChannelGroup connections) {
            this.protocol = protocol;
            this.threads = threads;
            this.connections = connections;
            this.limit = new ConnectionLimit(protocol.limits().maxConnections());
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            connections.add(channel);
            if (!limit.enter(channel)) {
                channel.pipeline().addLast(new HttpResponseEncoder(), ConnectionLimit.refusal());
                return;
            }
            long patience = protocol.limits().clientTimeout().toMillis();
            channel.pipeline()
                    .addLast(new IdleStateHandler(true, patience, patience, 0, TimeUnit.MILLISECONDS))
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpConnection(protocol, threads));
        }
    }
}
