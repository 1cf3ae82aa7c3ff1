/** Applications and the releases that move models and data together. */
@NullMarked
package dev.mlops.api.release;

import org.jspecify.annotations.NullMarked;
