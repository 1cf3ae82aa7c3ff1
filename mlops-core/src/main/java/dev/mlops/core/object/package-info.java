/** The object store on a file system. */
@NullMarked
package dev.mlops.core.object;

import org.jspecify.annotations.NullMarked;
