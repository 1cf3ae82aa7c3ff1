/** Models, their versions, aliases and signatures. */
@NullMarked
package dev.mlops.api.model;

import org.jspecify.annotations.NullMarked;
