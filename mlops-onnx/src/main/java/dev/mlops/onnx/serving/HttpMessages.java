package dev.mlops.onnx.serving;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.regex.Pattern;

/** Between the messages of Netty and those of the protocol. */
final class HttpMessages {
    /** What comes before the path where a client sends the whole address, as it may (RFC 9112, 3.2.2). */
    private static final Pattern ORIGIN = Pattern.compile("^https?://[^/?#]*", Pattern.CASE_INSENSITIVE);

    private HttpMessages() {}

    static RequestHead head(HttpRequest request) {
        String target = ORIGIN.matcher(request.uri()).replaceFirst("");
        String path;
        try {
            path = new QueryStringDecoder(target).path();
        } catch (IllegalArgumentException e) {
            path = target;
        }
        return new RequestHead(request.method().name(), path, request.headers()::get);
    }

    static FullHttpResponse goOn() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }

    /**
     * The response that carries a reply.
     *
     * @param connection what is said of the connection
     */
    static FullHttpResponse response(Reply reply, Connection connection) {
        ByteBuf content = Unpooled.wrappedBuffer(reply.body());
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), content);
        reply.headers().forEach(response.headers()::set);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
        switch (connection) {
            case STAYS -> {}
            case STAYS_AS_ASKED -> response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
            case ENDS -> response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return response;
    }

    /** What becomes of a connection after a response. */
    enum Connection {
        /** It stays, as clients of HTTP/1.1 expect. */
        STAYS,
        /** It stays, which a client of HTTP/1.0 asked for and wants to be told. */
        STAYS_AS_ASKED,
        ENDS
    }

    /** Why a message is no HTTP. */
    static String cause(HttpObject message) {
        return String.valueOf(message.decoderResult().cause().getMessage());
    }
}
