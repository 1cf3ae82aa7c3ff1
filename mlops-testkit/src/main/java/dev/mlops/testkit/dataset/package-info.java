/** Contract suites of {@link dev.mlops.api.dataset.DatasetStore}. */
@NullMarked
package dev.mlops.testkit.dataset;

import org.jspecify.annotations.NullMarked;
