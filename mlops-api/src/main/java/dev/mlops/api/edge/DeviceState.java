package dev.mlops.api.edge;

/** Where a device is in its life. */
public enum DeviceState {
    /** Known, never reached yet. */
    REGISTERED,
    /** Reached when it was asked last. */
    ONLINE,
    /** Not reached when it was asked last. */
    OFFLINE,
    /** Set aside: nothing is deployed to it. */
    QUARANTINED,
    /** Taken out of use for good. */
    RETIRED
}
