package dev.mlops.onnx.serving;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a client, which has one request on the way at a time: nothing more is read until it is answered.
 * Confined to the event loop of the connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails is followed by channelInactive
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);
    /** The event that the server is closed. */
    static final Object CLOSED = new Object();
    /** Longer bodies are read, and their answers written, by other threads than those of all connections. */
    private static final int LONG_BODY = 64 * 1024;

    private static final String CLOSED_REASON = "the server is closed";

    private final InferenceProtocol protocol;
    private final Executor threads;
    private final Arrivals arrivals = new Arrivals();

    private State state = State.IDLE;
    private long since = System.nanoTime();
    /** The one on the way; null when idle. */
    private @Nullable IncomingRequest request;

    private boolean isClosed;

    HttpConnection(InferenceProtocol protocol, Executor threads) {
        this.protocol = protocol;
        this.threads = threads;
    }

    private enum State {
        IDLE,
        READING,
        INFERRING,
        WRITING
    }

    private void become(State next) {
        state = next;
        since = System.nanoTime();
    }

    private boolean isLate() {
        return System.nanoTime() - since >= protocol.limits().clientTimeout().toNanos();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        arrivals.add(message);
        takeArrived(context);
    }

    /**
     * Takes what has arrived, until a request is complete: the next one is taken when that is answered.
     *
     * @return true if there is no more, so that more may be read
     */
    private boolean takeArrived(ChannelHandlerContext context) {
        return arrivals.take(this::isReceiving, message -> {
            try {
                take(context, message);
            } catch (RuntimeException | Error e) {
                exceptionCaught(context, e);
            }
        });
    }

    private boolean isReceiving() {
        return state == State.IDLE || state == State.READING;
    }

    private void take(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest head) {
            begin(context, head);
        }
        if (state == State.READING && message instanceof HttpContent content) {
            add(context, content);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (isReceiving()) {
            readMore(context);
        }
    }

    private void readMore(ChannelHandlerContext context) {
        if (isClosed) {
            giveUp(context);
        } else {
            context.read();
        }
    }

    /** Ends the connection; a request that is on its way is told. */
    private void giveUp(ChannelHandlerContext context) {
        if (state == State.READING || state == State.INFERRING) {
            fail(context, requireNonNull(request).exchange().refuse(503, CLOSED_REASON));
        } else if (state == State.IDLE) {
            context.close();
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest head) {
        become(State.READING);
        IncomingRequest begun = new IncomingRequest(protocol, head);
        request = begun;
        Reply refusal = begun.refusal();
        if (refusal != null) {
            fail(context, refusal);
        } else if (begun.isWaiting()) {
            context.writeAndFlush(HttpMessages.goOn());
        }
    }

    private void add(ChannelHandlerContext context, HttpContent content) {
        IncomingRequest current = requireNonNull(request);
        Reply refusal = current.add(content);
        if (refusal != null) {
            fail(context, refusal);
        } else if (content instanceof LastHttpContent) {
            end(context, current);
        } else if (isLate()) {
            fail(context, current.exchange().refuse(408, "the request took too long"));
        }
    }

    private void end(ChannelHandlerContext context, IncomingRequest current) {
        Reply early = current.early();
        if (early != null) {
            send(context, early, current.afterwards());
            return;
        }
        become(State.INFERRING);
        Exchange exchange = current.exchange();
        int length = current.body().length();
        byte[] bytes = current.body().take();
        Consumer<Reply> receiver = reply -> sendFromAnywhere(context, current, reply);
        if (length <= LONG_BODY) {
            exchange.infer(bytes, length, context.executor(), receiver);
            return;
        }
        try {
            threads.execute(() -> exchange.infer(bytes, length, threads, receiver));
        } catch (RejectedExecutionException e) {
            fail(context, exchange.refuse(503, CLOSED_REASON));
        }
    }

    private void sendFromAnywhere(ChannelHandlerContext context, IncomingRequest current, Reply reply) {
        if (context.executor().inEventLoop()) {
            sendOnce(context, current, reply);
            return;
        }
        try {
            context.executor().execute(() -> sendOnce(context, current, reply));
        } catch (RejectedExecutionException e) {
            current.exchange().close();
        }
    }

    /** Sends a reply, unless the server was closed in the meantime and the client told so. */
    private void sendOnce(ChannelHandlerContext context, IncomingRequest current, Reply reply) {
        if (state == State.INFERRING && request == current) {
            send(context, reply, current.afterwards());
        }
    }

    /** Sends a reply to a request that may not be read to its end, and ends the connection. */
    private void fail(ChannelHandlerContext context, Reply reply) {
        boolean mayBeSending = state == State.READING && !isClosed;
        write(context, reply, HttpMessages.Connection.ENDS).addListener(sent -> {
            if (mayBeSending && sent.isSuccess()) {
                context.pipeline().replace(this, null, new LingeringClose());
            } else {
                context.close();
            }
        });
    }

    private void send(ChannelHandlerContext context, Reply reply, HttpMessages.Connection wanted) {
        HttpMessages.Connection then = protocol.isDraining() ? HttpMessages.Connection.ENDS : wanted;
        write(context, reply, then).addListener(sent -> {
            if (then != HttpMessages.Connection.ENDS && sent.isSuccess()) {
                rest(context);
            } else {
                context.close();
            }
        });
    }

    private ChannelFuture write(ChannelHandlerContext context, Reply reply, HttpMessages.Connection then) {
        become(State.WRITING);
        Exchange answered = requireNonNull(request).exchange();
        return context.writeAndFlush(HttpMessages.response(reply, then)).addListener(sent -> answered.close());
    }

    private void rest(ChannelHandlerContext context) {
        request = null;
        become(State.IDLE);
        if (takeArrived(context)) {
            readMore(context);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == CLOSED) {
            isClosed = true;
            giveUp(context);
        } else if (event instanceof IdleStateEvent && isLate()) {
            if (state == State.READING) {
                fail(context, requireNonNull(request).exchange().refuse(408, "the request took too long"));
            } else if (state != State.INFERRING) {
                context.close();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (state == State.READING) {
            requireNonNull(request).exchange().close();
        }
    }

    /** Also when the connection is closed. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        arrivals.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.debug("a connection failed", cause);
        // A run goes on without its client, and is counted until it ends.
        if (request != null && state != State.INFERRING) {
            request.exchange().close();
        }
        context.close();
    }
}
