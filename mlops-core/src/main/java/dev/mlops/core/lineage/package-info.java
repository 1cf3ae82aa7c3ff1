/** Lineage. */
@NullMarked
package dev.mlops.core.lineage;

import org.jspecify.annotations.NullMarked;
