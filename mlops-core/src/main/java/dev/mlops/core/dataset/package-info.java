/** Data sets: manifests, publishing, reading. */
@NullMarked
package dev.mlops.core.dataset;

import org.jspecify.annotations.NullMarked;
