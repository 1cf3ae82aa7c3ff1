package dev.mlops.core.storage;

import dev.mlops.core.pack.PackEntry;
import java.util.List;

/**
 * What a look at a pack found.
 *
 * @param bytes how many bytes were read
 * @param problem what is wrong, in words; empty if nothing is
 * @param isMissing true if there is no object
 * @param isWhole true if it is not known which blobs it should have
 * @param damaged the blobs that are damaged
 */
record Finding(long bytes, String problem, boolean isMissing, boolean isWhole, List<PackEntry> damaged) {
    boolean isIntact() {
        return problem.isEmpty();
    }
}
