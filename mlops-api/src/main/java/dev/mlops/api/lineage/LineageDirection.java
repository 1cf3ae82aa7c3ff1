package dev.mlops.api.lineage;

/** Which way to look. */
public enum LineageDirection {
    /** Towards where it came from. */
    UPSTREAM,
    /** Towards what came of it. */
    DOWNSTREAM
}
