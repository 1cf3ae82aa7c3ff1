package dev.mlops.api.run;

/** Whether a thing is there or in the bin. */
public enum Lifecycle {
    /** It is there. */
    ACTIVE,
    /** It was deleted and can be restored or purged. */
    DELETED
}
