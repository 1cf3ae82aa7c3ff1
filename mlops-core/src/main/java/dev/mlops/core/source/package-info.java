/**
 * Where files come from on their way into the content store: directories, archives, object stores, iterators. Everything
 * that they say is hostile until checked.
 */
@NullMarked
package dev.mlops.core.source;

import org.jspecify.annotations.NullMarked;
