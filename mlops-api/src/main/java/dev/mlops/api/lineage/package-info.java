/** Where things come from and what was made of them. */
@NullMarked
package dev.mlops.api.lineage;

import org.jspecify.annotations.NullMarked;
