package dev.mlops.api.model;

import dev.mlops.api.error.InvalidInputException;
import org.jspecify.annotations.Nullable;

/**
 * One dimension of a tensor: fixed, or open with or without a symbolic name.
 *
 * @param size the fixed size (0 or more), or -1 when it is open
 * @param symbol the symbolic name of an open dimension, such as {@code batch}; null if it has none or is fixed
 */
public record Dimension(long size, @Nullable String symbol) {
    /** Checks the size. */
    public Dimension {
        if (size < -1) {
            throw new InvalidInputException("dimension", size, "must be 0 or more, or -1 when it is open");
        }
    }

    /** A dimension of exactly {@code size}. */
    public static Dimension fixed(long size) {
        return new Dimension(size, null);
    }

    /** A dimension of any size with a name; equal names in one signature mean equal sizes. */
    public static Dimension symbolic(String symbol) {
        return new Dimension(-1, symbol);
    }

    /** A dimension of any size without a name. */
    public static Dimension open() {
        return new Dimension(-1, null);
    }

    /** True if the size is not fixed by the model. */
    public boolean isOpen() {
        return size < 0;
    }

    @Override
    public String toString() {
        if (size >= 0) {
            return Long.toString(size);
        }
        return symbol == null ? "?" : symbol;
    }
}
