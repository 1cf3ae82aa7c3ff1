package dev.mlops.api.model;

/** What kind of value an input or output of a model is. */
public enum ValueKind {
    /** A dense tensor. */
    TENSOR,
    /** A list of values of one type. */
    SEQUENCE,
    /** A map from a key to a value. */
    MAP,
    /** A value that may be absent. */
    OPTIONAL,
    /** A sparse tensor. */
    SPARSE_TENSOR
}
