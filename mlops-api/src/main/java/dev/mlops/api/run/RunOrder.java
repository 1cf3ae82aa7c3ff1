package dev.mlops.api.run;

import dev.mlops.api.error.InvalidInputException;

/**
 * One order of runs; runs without a value come last in either direction.
 *
 * @param field what to order by
 * @param direction up or down
 */
public record RunOrder(RunField field, Direction direction) {
    /** Up or down. */
    public enum Direction {
        /** Smallest first. */
        ASC,
        /** Largest first. */
        DESC
    }

    /**
     * Reads an order such as {@code metrics.accuracy DESC}; ascending if no direction is said.
     *
     * @throws InvalidInputException if the text does not follow the grammar
     */
    public static RunOrder parse(String text) {
        return new RunFilterParser(text).order();
    }
}
