/** Processes that work on a store until they are killed, and what must be there afterwards. */
@NullMarked
package dev.mlops.testkit.kill;

import org.jspecify.annotations.NullMarked;
