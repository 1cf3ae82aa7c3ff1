/** Going through the files of a version in a shuffled order. */
@NullMarked
package dev.mlops.core.sample;

import org.jspecify.annotations.NullMarked;
