package dev.mlops.api.lineage;

/** The kinds of things in a lineage, from the data to the device. */
public enum LineageKind {
    /** A version of a data set. */
    DATASET_VERSION,
    /** A training run. */
    RUN,
    /** A version of a model. */
    MODEL_VERSION,
    /** A release of an application. */
    RELEASE,
    /** A deployment on a device. */
    DEPLOYMENT
}
