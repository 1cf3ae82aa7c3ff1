/** The metadata store that a database backend implements. */
@NullMarked
package dev.mlops.api.spi.metadata;

import org.jspecify.annotations.NullMarked;
