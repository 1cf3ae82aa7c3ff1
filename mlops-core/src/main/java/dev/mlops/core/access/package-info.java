/** Granting and revoking. */
@NullMarked
package dev.mlops.core.access;

import org.jspecify.annotations.NullMarked;
