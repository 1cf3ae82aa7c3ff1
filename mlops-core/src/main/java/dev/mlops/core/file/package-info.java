/** Files on their way into the content store: walking directories, telling media types. */
@NullMarked
package dev.mlops.core.file;

import org.jspecify.annotations.NullMarked;
