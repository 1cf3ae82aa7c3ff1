package dev.mlops.core.content;

import dev.mlops.core.pack.BlobKind;

/**
 * Where a blob lies.
 *
 * @param pack the number of its pack in {@link PackNames}
 */
record BlobPlace(int pack, int offset, int storedLength, int rawLength, BlobKind kind) {
    /** Behind its last stored byte. */
    int end() {
        return offset + storedLength;
    }
}
