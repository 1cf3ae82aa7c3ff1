/** Devices and the deployments on them. */
@NullMarked
package dev.mlops.api.edge;

import org.jspecify.annotations.NullMarked;
