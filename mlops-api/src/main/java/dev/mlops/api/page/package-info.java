/** Lists that are read page by page or as a stream. */
@NullMarked
package dev.mlops.api.page;

import org.jspecify.annotations.NullMarked;
