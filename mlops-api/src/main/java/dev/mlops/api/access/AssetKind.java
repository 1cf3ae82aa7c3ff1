package dev.mlops.api.access;

import java.util.Locale;

/** The kinds of things that have grants of their own. */
public enum AssetKind {
    /** A whole project; its grants reach everything in it. */
    PROJECT,
    /** An experiment with its runs. */
    EXPERIMENT,
    /** A data set with its versions. */
    DATASET,
    /** A model with its versions. */
    MODEL,
    /** An application with its releases. */
    APPLICATION,
    /** A device with its deployments. */
    DEVICE;

    /** The name for people: {@code data set}, {@code model} … */
    public String label() {
        return this == DATASET ? "data set" : name().toLowerCase(Locale.ROOT);
    }
}
