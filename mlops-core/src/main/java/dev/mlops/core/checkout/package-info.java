/** Writing the files of a version into a directory. */
@NullMarked
package dev.mlops.core.checkout;

import org.jspecify.annotations.NullMarked;
