/** Projects, the namespaces of everything else. */
@NullMarked
package dev.mlops.api.project;

import org.jspecify.annotations.NullMarked;
