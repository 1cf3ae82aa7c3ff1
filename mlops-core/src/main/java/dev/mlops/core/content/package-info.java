/** The content store: bytes addressed by their SHA-256, on top of an object store. */
@NullMarked
package dev.mlops.core.content;

import org.jspecify.annotations.NullMarked;
