/** The contract suite for object stores. */
@NullMarked
package dev.mlops.testkit.object;

import org.jspecify.annotations.NullMarked;
