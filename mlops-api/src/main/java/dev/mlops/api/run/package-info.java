/** Experiments, runs, parameters, metrics and artifacts. */
@NullMarked
package dev.mlops.api.run;

import org.jspecify.annotations.NullMarked;
