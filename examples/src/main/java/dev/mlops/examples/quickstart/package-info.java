/** The story that the quickstart tells, chapter by chapter. */
@NullMarked
package dev.mlops.examples.quickstart;

import org.jspecify.annotations.NullMarked;
