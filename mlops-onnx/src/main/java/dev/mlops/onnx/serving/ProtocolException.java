package dev.mlops.onnx.serving;

import org.jspecify.annotations.Nullable;

/** A request that is answered with an error. */
final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final @Nullable String allowed;

    ProtocolException(int status, String reason) {
        this(status, reason, null);
    }

    private ProtocolException(int status, String reason, @Nullable String allowed) {
        super(reason);
        this.status = status;
        this.reason = reason;
        this.allowed = allowed;
    }

    static ProtocolException badRequest(String field, String rule) {
        return new ProtocolException(400, field + ": " + rule);
    }

    static ProtocolException only(String method) {
        return new ProtocolException(405, "only " + method + " is allowed here", method);
    }

    Reply reply() {
        Reply reply = Reply.error(status, reason);
        return allowed == null ? reply : reply.and("Allow", allowed);
    }
}
