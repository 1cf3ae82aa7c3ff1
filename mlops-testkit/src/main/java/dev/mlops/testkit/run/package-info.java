/** Contract suites of {@link dev.mlops.api.run.RunTracker}. */
@NullMarked
package dev.mlops.testkit.run;

import org.jspecify.annotations.NullMarked;
