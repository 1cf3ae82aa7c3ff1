package dev.mlops.core.dataset;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.file.FileProgress;
import java.util.ArrayList;
import java.util.List;

/** Reads everything that a version is made of. For one call. */
final class Verification {
    private static final int NAMED = 20;

    private final ContentStore content;
    private final DatasetVersion version;
    private final FileProgress progress;
    private final List<String> damaged = new ArrayList<>();
    private long damagedFiles;

    Verification(ContentStore content, DatasetVersion version, FileProgress progress) {
        this.content = content;
        this.version = version;
        this.progress = progress;
    }

    /** Throws {@link IntegrityException} with what is damaged. */
    void verify(StoredManifest manifest) {
        verifyManifest(manifest);
        try (ManifestReader files = manifest.read()) {
            while (files.hasNext()) {
                progress.check();
                verify(files.next());
            }
        }
        progress.finish();
        if (damagedFiles > 0) {
            throw new IntegrityException("%d of %d files of %s are damaged or missing: %s%s"
                    .formatted(
                            damagedFiles,
                            version.files(),
                            version.reference(),
                            String.join(", ", damaged),
                            damagedFiles > NAMED ? " and others" : ""));
        }
    }

    /** Not from the cache, which may hold what the store has lost since. */
    private void verifyManifest(StoredManifest manifest) {
        try {
            content.verify(version.manifest());
            try (ManifestReader files = manifest.read()) {
                ManifestHeader expected = new ManifestHeader(version.files(), version.bytes());
                if (!files.header().equals(expected)) {
                    throw new IntegrityException("it has %s in place of %s".formatted(files.header(), expected));
                }
            }
        } catch (IntegrityException | NotFoundException e) {
            throw new IntegrityException(
                    "the manifest of %s is damaged: %s".formatted(version.reference(), e.getMessage()), e);
        }
    }

    private void verify(FileEntry entry) {
        try {
            content.verify(entry.sha256());
        } catch (IntegrityException | NotFoundException e) {
            damagedFiles++;
            if (damaged.size() < NAMED) {
                damaged.add("'" + entry.path() + "'");
            }
        }
        progress.done(entry.size(), 0);
    }
}
