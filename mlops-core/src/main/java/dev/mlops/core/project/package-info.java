/** Projects, and the way from a project to its services. */
@NullMarked
package dev.mlops.core.project;

import org.jspecify.annotations.NullMarked;
