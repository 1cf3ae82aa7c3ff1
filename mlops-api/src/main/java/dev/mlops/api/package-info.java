/** The entry point of the SDK. */
@NullMarked
package dev.mlops.api;

import org.jspecify.annotations.NullMarked;
