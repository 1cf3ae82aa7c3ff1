/** The exceptions that the SDK throws; {@link dev.mlops.api.error.MlopsException} is the root of all of them. */
@NullMarked
package dev.mlops.api.error;

import org.jspecify.annotations.NullMarked;
