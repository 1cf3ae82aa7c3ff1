package dev.mlops.core.dataset;

/**
 * How much there is.
 *
 * @param files how many files
 * @param bytes how many bytes they have
 */
record Totals(long files, long bytes) {}
