package dev.mlops.onnx.routing;

import dev.mlops.api.error.InvalidInputException;

/** How a model runs in the shadow of those that serve. Immutable; make one with {@link #builder()}. */
public final class ShadowOptions {
    /** The defaults of {@link Builder}. */
    public static final ShadowOptions DEFAULT = builder().build();

    private final int percent;
    private final int maxPending;
    private final double absoluteTolerance;
    private final double relativeTolerance;

    private ShadowOptions(Builder builder) {
        percent = builder.percent;
        maxPending = builder.maxPending;
        absoluteTolerance = builder.absoluteTolerance;
        relativeTolerance = builder.relativeTolerance;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#percent}. */
    public int percent() {
        return percent;
    }

    /** See {@link Builder#maxPending}. */
    public int maxPending() {
        return maxPending;
    }

    /** See {@link Builder#tolerance}. */
    public double absoluteTolerance() {
        return absoluteTolerance;
    }

    /** See {@link Builder#tolerance}. */
    public double relativeTolerance() {
        return relativeTolerance;
    }

    /** Builds options; not thread-safe. */
    public static final class Builder {
        private int percent = Percent.WHOLE;
        private int maxPending = 100;
        private double absoluteTolerance = 1e-5;
        private double relativeTolerance = 1e-3;

        private Builder() {}

        /** The share of the calls that are run again, 1 to 100; all by default. */
        public Builder percent(int share) {
            percent = Percent.checked(share);
            return this;
        }

        /** How many calls wait to be run again before further ones are skipped; 100 by default. */
        public Builder maxPending(int calls) {
            if (calls < 1) {
                throw new InvalidInputException("maxPending", calls, "must be positive");
            }
            maxPending = calls;
            return this;
        }

        /**
         * How far a number may be from that of the model that serves, which is {@code n}: {@code absolute + relative · |n|},
         * as in NumPy's {@code isclose}; 1e-5 and 1e-3 by default. Integers, texts, shapes, infinite numbers and what is no
         * number must be the same.
         */
        public Builder tolerance(double absolute, double relative) {
            if (!(absolute >= 0) || !(relative >= 0)) {
                throw new InvalidInputException("tolerance", absolute + ", " + relative, "must not be negative");
            }
            absoluteTolerance = absolute;
            relativeTolerance = relative;
            return this;
        }

        /** The options. */
        public ShadowOptions build() {
            return new ShadowOptions(this);
        }
    }
}
