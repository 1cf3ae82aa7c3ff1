/** Files kept on the local disk so that they need not be fetched again. */
@NullMarked
package dev.mlops.core.cache;

import org.jspecify.annotations.NullMarked;
