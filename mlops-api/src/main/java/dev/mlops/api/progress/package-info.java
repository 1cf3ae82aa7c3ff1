/** Progress and cancellation of long calls. */
@NullMarked
package dev.mlops.api.progress;

import org.jspecify.annotations.NullMarked;
