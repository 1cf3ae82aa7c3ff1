/** What the SDK's own work costs: metric logging, lookups, publishing. */
@NullMarked
package dev.mlops.benchmarks;

import org.jspecify.annotations.NullMarked;
