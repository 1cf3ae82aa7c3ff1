package dev.mlops.api.run;

/** Which things a list shows. */
public enum LifecycleView {
    /** Those that are there. */
    ACTIVE_ONLY,
    /** Those in the bin. */
    DELETED_ONLY,
    /** Both. */
    ALL
}
