/** Who may do what: principals, privileges, grants. */
@NullMarked
package dev.mlops.api.access;

import org.jspecify.annotations.NullMarked;
