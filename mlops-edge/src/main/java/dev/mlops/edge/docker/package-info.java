/** The device engine over Docker Engine's API, with its own HTTP transport, and the builder of the runtime image. */
@NullMarked
package dev.mlops.edge.docker;

import org.jspecify.annotations.NullMarked;
