package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.file.FileProgress;
import dev.mlops.core.manifest.ManifestCursor;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.manifest.StoredManifest;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Reads everything that a version is made of, the files in batches that the store reads in its own order. For one call. */
final class Verification {
    private static final int NAMED = 20;
    private static final int BATCH = 32 * 1024;

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
    void verify() {
        ManifestCursor files = open().entries();
        List<FileEntry> batch = new ArrayList<>();
        while (hasNext(files)) {
            progress.check();
            batch.add(files.next());
            if (batch.size() == BATCH) {
                verify(batch);
                batch.clear();
            }
        }
        verify(batch);
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
    private StoredManifest open() {
        try {
            StoredManifest manifest = Manifests.uncached(content).open(version.manifest());
            if (manifest.files() != version.files() || manifest.bytes() != version.bytes()) {
                throw new IntegrityException("it has %d files with %d bytes in place of %d with %d"
                        .formatted(manifest.files(), manifest.bytes(), version.files(), version.bytes()));
            }
            return manifest;
        } catch (IntegrityException e) {
            throw damagedManifest(e);
        }
    }

    /** Reads the next segment where one begins. */
    private boolean hasNext(ManifestCursor files) {
        try {
            if (files.hasNext()) {
                files.peek();
            }
            return files.hasNext();
        } catch (IntegrityException e) {
            throw damagedManifest(e);
        }
    }

    private IntegrityException damagedManifest(IntegrityException e) {
        return new IntegrityException(
                "the manifest of %s is damaged: %s".formatted(version.reference(), e.getMessage()), e);
    }

    private void verify(List<FileEntry> batch) {
        Set<Sha256> digests = new HashSet<>();
        batch.stream().filter(Verification::hasBytes).forEach(entry -> digests.add(entry.sha256()));
        Set<Sha256> sound = ConcurrentHashMap.newKeySet();
        try {
            content.readAll(
                    digests,
                    (digest, size, bytes) -> {
                        bytes.transferTo(OutputStream.nullOutputStream());
                        sound.add(digest);
                    },
                    progress.cancellation());
        } catch (IntegrityException | NotFoundException e) {
            // What was not read before that is read one by one, to know of each whether it is damaged.
            digests.stream().filter(digest -> !sound.contains(digest)).forEach(digest -> verify(digest, sound));
        }
        for (FileEntry entry : batch) {
            if (hasBytes(entry) && !sound.contains(entry.sha256())) {
                name(entry);
            }
            progress.done(entry.size(), 0);
        }
    }

    private static boolean hasBytes(FileEntry entry) {
        return entry.kind() != FileKind.FOLDER;
    }

    private void verify(Sha256 digest, Set<Sha256> sound) {
        progress.check();
        try {
            content.verify(digest);
            sound.add(digest);
        } catch (IntegrityException | NotFoundException e) {
            // Remains among those that are not sound.
        }
    }

    private void name(FileEntry entry) {
        damagedFiles++;
        if (damaged.size() < NAMED) {
            damaged.add("'" + entry.path() + "'");
        }
    }
}
