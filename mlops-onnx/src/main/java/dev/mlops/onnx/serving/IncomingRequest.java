package dev.mlops.onnx.serving;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;

/** A request as it comes over a connection, from its head to the end of its body. Confined to the connection's event loop. */
final class IncomingRequest {
    private final HttpRequest head;
    private final Exchange exchange;
    private final BodyBytes body;
    /** What is sent when the body, which nobody wants, is read. */
    private @Nullable Reply early;

    IncomingRequest(InferenceProtocol protocol, HttpRequest head) {
        this.head = head;
        this.exchange = protocol.open(HttpMessages.head(head));
        this.body = exchange.body(HttpUtil.getContentLength(head, -1L));
        this.early = exchange.reply();
    }

    Exchange exchange() {
        return exchange;
    }

    BodyBytes body() {
        return body;
    }

    /** The reply to a request that needs no inference or was refused; null if it is to be inferred from. */
    @Nullable
    Reply early() {
        return early;
    }

    /** True if the client waits with the body until it is asked for it. */
    boolean isWaiting() {
        return HttpUtil.is100ContinueExpected(head);
    }

    /** The reply to one whose body must not come; null if it may. */
    @Nullable
    Reply refusal() {
        if (!head.decoderResult().isSuccess()) {
            return exchange.refuse(400, "the request is no HTTP: " + HttpMessages.cause(head));
        }
        if (!isWaiting()) {
            return null;
        }
        return early == null ? exchange.refusal(body) : early;
    }

    /** Takes a part of the body; gives the reply if no more of it must come, or null. */
    @Nullable
    Reply add(HttpContent content) {
        body.add(content.content().nioBuffer(), early != null);
        if (early == null) {
            early = exchange.refusal(body);
        }
        if (!content.decoderResult().isSuccess()) {
            return exchange.refuse(400, "the request is no HTTP: " + HttpMessages.cause(content));
        }
        return body.isEndless() ? early : null;
    }

    /** What becomes of the connection once it is answered. */
    HttpMessages.Connection afterwards() {
        if (!HttpUtil.isKeepAlive(head)) {
            return HttpMessages.Connection.ENDS;
        }
        return head.protocolVersion().isKeepAliveDefault()
                ? HttpMessages.Connection.STAYS
                : HttpMessages.Connection.STAYS_AS_ASKED;
    }
}
