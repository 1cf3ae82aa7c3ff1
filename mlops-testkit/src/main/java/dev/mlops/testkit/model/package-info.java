/** The contract of the model registry. */
@NullMarked
package dev.mlops.testkit.model;

import org.jspecify.annotations.NullMarked;
