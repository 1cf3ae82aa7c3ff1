/** Objects on S3-compatible stores. */
@NullMarked
package dev.mlops.s3;

import org.jspecify.annotations.NullMarked;
