package dev.mlops.edge.deploy;

/** The device does not have what the deployment needs. */
final class RejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RejectedException(String message) {
        super(message);
    }
}
