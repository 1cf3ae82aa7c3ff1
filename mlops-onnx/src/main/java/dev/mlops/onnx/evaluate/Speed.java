package dev.mlops.onnx.evaluate;

import java.time.Duration;

/**
 * How fast a model was, beside everything else that the evaluation did.
 *
 * @param elapsed from the beginning to the end, with reading and preparing
 * @param examplesPerSecond examples that were run by that time
 * @param runs how many runs there were, of up to a batch each
 * @param p50 what half of the runs took at most, to 1 percent, as the following
 * @param p90 what 9 of 10 took at most
 * @param p99 what 99 of 100 took at most
 * @param max what the longest took
 */
public record Speed(
        Duration elapsed,
        double examplesPerSecond,
        long runs,
        Duration p50,
        Duration p90,
        Duration p99,
        Duration max) {}
