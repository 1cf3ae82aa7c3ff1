/** What is inside files: media types, sizes of images, durations, tables, and the summary of a data set version. */
@NullMarked
package dev.mlops.core.media;

import org.jspecify.annotations.NullMarked;
