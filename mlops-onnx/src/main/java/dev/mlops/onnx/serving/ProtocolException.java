package dev.mlops.onnx.serving;

/** A request that is answered with an error. */
final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;

    ProtocolException(int status, String reason) {
        super(reason);
        this.status = status;
        this.reason = reason;
    }

    static ProtocolException badRequest(String field, String rule) {
        return new ProtocolException(400, field + ": " + rule);
    }

    int status() {
        return status;
    }

    String reason() {
        return reason;
    }
}
