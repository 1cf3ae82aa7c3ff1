package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Deployment;

/** Somebody else ended the deployment that this call works on; it must not go on. */
final class OvertakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OvertakenException(Deployment deployment) {
        super(deployment + " was ended by another call");
    }
}
