/** The rules for names. */
@NullMarked
package dev.mlops.api.name;

import org.jspecify.annotations.NullMarked;
