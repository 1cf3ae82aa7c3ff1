/** The object store that a storage backend implements. */
@NullMarked
package dev.mlops.api.spi.object;

import org.jspecify.annotations.NullMarked;
