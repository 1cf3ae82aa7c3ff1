/** Applications and releases over metadata. */
@NullMarked
package dev.mlops.core.release;

import org.jspecify.annotations.NullMarked;
