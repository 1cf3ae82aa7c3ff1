/** The stored forms of the content store, as docs/storage-format.md specifies them: chunks, packs, indexes and lists. */
@NullMarked
package dev.mlops.core.pack;

import org.jspecify.annotations.NullMarked;
