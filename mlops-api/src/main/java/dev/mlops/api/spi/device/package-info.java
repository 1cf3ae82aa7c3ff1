/** The device engine that a deployment backend implements. */
@NullMarked
package dev.mlops.api.spi.device;

import org.jspecify.annotations.NullMarked;
