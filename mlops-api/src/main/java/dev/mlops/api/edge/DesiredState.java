package dev.mlops.api.edge;

/** What should be on the device. */
public enum DesiredState {
    /** The instance should serve. */
    RUNNING,
    /** The instance should be there but not run. */
    STOPPED,
    /** Nothing should be there. */
    ABSENT
}
