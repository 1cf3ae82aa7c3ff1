package dev.mlops.api.spi.object;

/** What a create-if-absent found. */
public enum PutResult {
    /** The object was created by this call. */
    CREATED,
    /** The key was taken; nothing was changed. */
    EXISTED
}
