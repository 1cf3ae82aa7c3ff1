package dev.mlops.api.edge;

/**
 * Where a deployment is. The way is QUEUED → PREFLIGHT → TRANSFERRING → STAGED → PROBING → COMMITTED; until COMMITTED
 * the deployment before it goes on serving.
 */
public enum DeploymentState {
    /** Asked for. */
    QUEUED,
    /** The device is being checked. */
    PREFLIGHT,
    /** The model's files are being brought to the device and verified there. */
    TRANSFERRING,
    /** The instance was made. */
    STAGED,
    /** The instance was started and is asked for an inference. */
    PROBING,
    /** The instance answers and is the one in force. */
    COMMITTED,
    /** The device does not have what the deployment needs; nothing was changed. */
    REJECTED,
    /** It failed; its leftovers were removed, and what was in force before still is. */
    FAILED,
    /** It was cancelled; its leftovers were removed, and what was in force before still is. */
    CANCELED,
    /** Another deployment of the same model took its place. */
    SUPERSEDED,
    /** It was removed. */
    REMOVED;

    /** True if nothing more happens to it by itself; {@link #COMMITTED} is not an end. */
    public boolean isTerminal() {
        return switch (this) {
            case REJECTED, FAILED, CANCELED, SUPERSEDED, REMOVED -> true;
            default -> false;
        };
    }
}
