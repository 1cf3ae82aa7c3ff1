/** Metadata on SQLite and PostgreSQL. */
@NullMarked
package dev.mlops.jdbc;

import org.jspecify.annotations.NullMarked;
