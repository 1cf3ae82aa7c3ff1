/** The contract of edge deployers. */
@NullMarked
package dev.mlops.testkit.edge;

import org.jspecify.annotations.NullMarked;
