package dev.mlops.benchmarks.onnx;

/**
 * What one fork measured.
 *
 * @param value a time or rate
 * @param bytes what an operation allocates; NaN if that was not measured
 */
record Score(double value, double bytes) {}
