/** The lists of the files of data set versions: written, read in parts, compared and merged. */
@NullMarked
package dev.mlops.core.manifest;

import org.jspecify.annotations.NullMarked;
