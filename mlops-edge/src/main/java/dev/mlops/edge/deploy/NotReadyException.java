package dev.mlops.edge.deploy;

/** An instance does not serve, with why. */
final class NotReadyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotReadyException(String message) {
        super(message);
    }
}
