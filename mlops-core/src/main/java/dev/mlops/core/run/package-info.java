/** Experiments and runs. */
@NullMarked
package dev.mlops.core.run;

import org.jspecify.annotations.NullMarked;
