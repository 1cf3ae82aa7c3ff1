/** The contract of access control. */
@NullMarked
package dev.mlops.testkit.access;

import org.jspecify.annotations.NullMarked;
