/** Programs that show the SDK at work: the quickstart, and one short program for each feature. */
@NullMarked
package dev.mlops.examples;

import org.jspecify.annotations.NullMarked;
