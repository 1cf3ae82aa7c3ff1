package dev.mlops.onnx.evaluate;

import java.util.List;

/**
 * Examples that were left out.
 *
 * @param count how many
 * @param first the first of them with what was wrong, at most 100
 */
public record Damages(long count, List<Damage> first) {
    /** How many are described. */
    static final int DESCRIBED = 100;

    /** Copies the list. */
    public Damages {
        first = List.copyOf(first);
    }

    /**
     * An example that was left out.
     *
     * @param name its name, or its number from 1 if it had no name yet
     * @param reason what was wrong
     */
    public record Damage(String name, String reason) {}
}
