package dev.mlops.onnx.evaluate;

/**
 * Precision, recall and F1 of a class, or averages of them.
 *
 * @param precision which share of what was said to be of the class is
 * @param recall which share of what is of the class was said to be
 * @param f1 the harmonic mean of both
 */
public record Averages(double precision, double recall, double f1) {}
