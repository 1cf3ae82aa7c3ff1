package dev.mlops.api.edge;

/**
 * How the instance of a deployment does, asked at the device.
 *
 * @param state what was found
 * @param detail what the device or the instance says; may be empty
 */
public record InstanceHealth(State state, String detail) {
    /** What an instance does. */
    public enum State {
        /** There is none. */
        ABSENT,
        /** Made, not started. */
        CREATED,
        /** It runs and serves the model. */
        READY,
        /** It runs but does not serve. */
        UNREADY,
        /** It does not run. */
        STOPPED,
        /** The device does not answer. */
        UNREACHABLE
    }

    @Override
    public String toString() {
        return state + (detail.isEmpty() ? "" : ": " + detail);
    }
}
