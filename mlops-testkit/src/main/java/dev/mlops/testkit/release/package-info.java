/** The contract of applications and releases. */
@NullMarked
package dev.mlops.testkit.release;

import org.jspecify.annotations.NullMarked;
