package dev.mlops.core.checkout;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import java.util.Iterator;

/** The files that manifests list. */
@FunctionalInterface
public interface VersionFiles {
    /**
     * The files that a query means, in the order of their paths.
     *
     * @throws NotFoundException also from the iterator, if the store has no such manifest any more
     * @throws IntegrityException also from the iterator, if it is damaged
     */
    Iterator<FileEntry> of(Sha256 manifest, FileQuery query);
}
