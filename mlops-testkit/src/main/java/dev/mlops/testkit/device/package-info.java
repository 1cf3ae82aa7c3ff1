/** The contract of device engines. */
@NullMarked
package dev.mlops.testkit.device;

import org.jspecify.annotations.NullMarked;
