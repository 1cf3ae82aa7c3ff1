package dev.mlops.core.onnx;

/** The bytes are no ONNX model; the reader adds the name of the file. */
final class MalformedModelException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    MalformedModelException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** What is wrong, to follow the name of the file. */
    String reason() {
        return reason;
    }
}
