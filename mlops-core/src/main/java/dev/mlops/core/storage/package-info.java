/** The upkeep of what is stored: how much there is, collecting what nobody needs, finding damage. */
@NullMarked
package dev.mlops.core.storage;

import org.jspecify.annotations.NullMarked;
