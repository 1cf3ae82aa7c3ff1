/** The model registry over metadata and content. */
@NullMarked
package dev.mlops.core.model;

import org.jspecify.annotations.NullMarked;
