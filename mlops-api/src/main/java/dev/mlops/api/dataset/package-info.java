/** Data sets, their immutable versions and splits. */
@NullMarked
package dev.mlops.api.dataset;

import org.jspecify.annotations.NullMarked;
