package dev.mlops.onnx.serving;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
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
    private HttpMessages.Connection afterwards = HttpMessages.Connection.ENDS;
    private @Nullable Exchange exchange;
    /** What is sent when the body, which nobody wants, is read. */
    private @Nullable Reply early;

    private @Nullable BodyBytes body;
    private boolean isClosed;
    /** Whether the client of a failed request may still be sending it. */
    private boolean mayBeSending;

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
        if (message instanceof HttpRequest request) {
            begin(context, request);
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
            fail(context, requireNonNull(exchange).refuse(503, CLOSED_REASON));
        } else if (state == State.IDLE) {
            context.close();
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        become(State.READING);
        afterwards = afterwards(request);
        exchange = protocol.open(HttpMessages.head(request));
        early = exchange.reply();
        body = exchange.body(HttpUtil.getContentLength(request, -1L));
        if (!request.decoderResult().isSuccess()) {
            fail(context, exchange.refuse(400, "the request is no HTTP: " + HttpMessages.cause(request)));
        } else if (HttpUtil.is100ContinueExpected(request)) {
            goOn(context);
        }
    }

    private static HttpMessages.Connection afterwards(HttpRequest request) {
        if (!HttpUtil.isKeepAlive(request)) {
            return HttpMessages.Connection.ENDS;
        }
        return request.protocolVersion().isKeepAliveDefault()
                ? HttpMessages.Connection.STAYS
                : HttpMessages.Connection.STAYS_AS_ASKED;
    }

    /** Answers a client that waits with its body until it is asked for it. */
    private void goOn(ChannelHandlerContext context) {
        Reply refusal = early == null ? requireNonNull(exchange).refusal(requireNonNull(body)) : early;
        if (refusal == null) {
            context.writeAndFlush(HttpMessages.goOn());
        } else {
            fail(context, refusal);
        }
    }

    private void add(ChannelHandlerContext context, HttpContent content) {
        Exchange current = requireNonNull(exchange);
        BodyBytes bytes = requireNonNull(body);
        bytes.add(content.content().nioBuffer(), early != null);
        if (early == null) {
            early = current.refusal(bytes);
        }
        if (!content.decoderResult().isSuccess()) {
            fail(context, current.refuse(400, "the request is no HTTP: " + HttpMessages.cause(content)));
        } else if (bytes.isEndless()) {
            fail(context, requireNonNull(early));
        } else if (content instanceof LastHttpContent) {
            end(context, current, bytes);
        } else if (isLate()) {
            fail(context, current.refuse(408, "the request took too long"));
        }
    }

    private void end(ChannelHandlerContext context, Exchange current, BodyBytes bytes) {
        body = null;
        if (early != null) {
            send(context, early);
            return;
        }
        become(State.INFERRING);
        Consumer<Reply> receiver = reply -> sendFromAnywhere(context, current, reply);
        if (bytes.length() <= LONG_BODY) {
            current.infer(bytes.array(), bytes.length(), context.executor(), receiver);
            return;
        }
        try {
            threads.execute(() -> current.infer(bytes.array(), bytes.length(), threads, receiver));
        } catch (RejectedExecutionException e) {
            fail(context, current.refuse(503, CLOSED_REASON));
        }
    }

    private void sendFromAnywhere(ChannelHandlerContext context, Exchange current, Reply reply) {
        if (context.executor().inEventLoop()) {
            sendOnce(context, current, reply);
            return;
        }
        try {
            context.executor().execute(() -> sendOnce(context, current, reply));
        } catch (RejectedExecutionException e) {
            current.close();
        }
    }

    /** Sends a reply, unless the server was closed in the meantime and the client told so. */
    private void sendOnce(ChannelHandlerContext context, Exchange current, Reply reply) {
        if (state == State.INFERRING && exchange == current) {
            send(context, reply);
        }
    }

    /** Sends a reply to a request that may not be read to its end, and ends the connection. */
    private void fail(ChannelHandlerContext context, Reply reply) {
        afterwards = HttpMessages.Connection.ENDS;
        mayBeSending = state == State.READING && !isClosed;
        send(context, reply);
    }

    private void send(ChannelHandlerContext context, Reply reply) {
        become(State.WRITING);
        Exchange answered = requireNonNull(exchange);
        HttpMessages.Connection then = protocol.isDraining() ? HttpMessages.Connection.ENDS : afterwards;
        context.writeAndFlush(HttpMessages.response(reply, then)).addListener(sent -> {
            answered.close();
            if (then != HttpMessages.Connection.ENDS && sent.isSuccess()) {
                rest(context);
            } else if (mayBeSending && sent.isSuccess()) {
                context.pipeline().replace(this, null, new LingeringClose());
            } else {
                context.close();
            }
        });
    }

    private void rest(ChannelHandlerContext context) {
        exchange = null;
        early = null;
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
                fail(context, requireNonNull(exchange).refuse(408, "the request took too long"));
            } else if (state != State.INFERRING) {
                context.close();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (state == State.READING) {
            requireNonNull(exchange).close();
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
        if (exchange != null && state != State.INFERRING) {
            exchange.close();
        }
        context.close();
    }
}
