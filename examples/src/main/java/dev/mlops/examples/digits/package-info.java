/** Real handwritten digits, models that read them, and a camera that asks for readings: what the quickstart works on. */
@NullMarked
package dev.mlops.examples.digits;

import org.jspecify.annotations.NullMarked;
