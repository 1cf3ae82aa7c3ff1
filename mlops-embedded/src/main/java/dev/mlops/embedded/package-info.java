/** The whole backend in one process, opened on a directory. */
@NullMarked
package dev.mlops.embedded;

import org.jspecify.annotations.NullMarked;
