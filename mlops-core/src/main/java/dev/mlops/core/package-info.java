/** The SDK: wires the stores and the services together. */
@NullMarked
package dev.mlops.core;

import org.jspecify.annotations.NullMarked;
