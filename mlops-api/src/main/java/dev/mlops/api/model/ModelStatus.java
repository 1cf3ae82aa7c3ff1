package dev.mlops.api.model;

/** Where a model version is in its life. */
public enum ModelStatus {
    /** Its files are being taken in. */
    BUILDING,
    /** It can be used. */
    READY,
    /** It could not be taken in; {@link ModelVersion#statusReason()} says why. */
    FAILED
}
