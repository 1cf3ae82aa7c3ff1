/** Devices, and the deployments that are kept on them. */
@NullMarked
package dev.mlops.edge.deploy;

import org.jspecify.annotations.NullMarked;
