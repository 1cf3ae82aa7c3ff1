/** The contract of lineage. */
@NullMarked
package dev.mlops.testkit.lineage;

import org.jspecify.annotations.NullMarked;
