package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.file.FileProgress;
import dev.mlops.core.file.ReadFailures;
import dev.mlops.core.manifest.ManifestCursor;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.manifest.SegmentRef;
import dev.mlops.core.manifest.StoredManifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Copies the contents that a version is made of to another content store: of small files those that are missing, of large
 * ones the parts that are missing, and the manifest as it is. For one call.
 */
final class ContentCopy {
    /** Contents up to this size are one part in every store. */
    private static final long SMALL = 1024 * 1024;

    private static final int BATCH = 32 * 1024;

    private final ContentStore from;
    private final ContentWriter to;
    private final DatasetVersion version;
    private final FileProgress progress;

    ContentCopy(ContentStore from, ContentWriter to, DatasetVersion version, FileProgress progress) {
        this.from = from;
        this.to = to;
        this.version = version;
        this.progress = progress;
    }

    void copy() {
        StoredManifest manifest = Manifests.uncached(from).open(version.manifest());
        List<FileEntry> batch = new ArrayList<>();
        for (ManifestCursor files = manifest.entries(); files.hasNext(); ) {
            FileEntry file = files.next();
            if (file.kind() == FileKind.FOLDER) {
                continue;
            }
            batch.add(file);
            if (batch.size() == BATCH) {
                copy(batch);
                batch.clear();
            }
        }
        copy(batch);
        for (SegmentRef segment : manifest.segments()) {
            copyMetadata("segment of " + version.reference(), segment.sha256());
        }
        copyMetadata("manifest of " + version.reference(), version.manifest());
    }

    private void copy(List<FileEntry> batch) {
        Set<Sha256> missing = new HashSet<>();
        for (FileEntry file : batch) {
            progress.check();
            long newBytes = 0;
            if (file.size() > SMALL) {
                Stored copied = to.copy(from, file.sha256());
                check(file.sha256(), copied.digest());
                newBytes = copied.newBytes();
            } else if (to.reuse(file.sha256()).isEmpty() && missing.add(file.sha256())) {
                newBytes = file.size();
            }
            progress.done(file.size(), newBytes);
        }
        from.readAll(
                missing,
                (digest, size, bytes) -> check(
                        digest,
                        to.put(ContentSource.once("content " + digest, bytes)).digest()),
                progress.cancellation());
    }

    private void copyMetadata(String name, Sha256 digest) {
        if (to.reuse(digest).isPresent()) {
            return;
        }
        try (InputStream in = from.open(digest)) {
            check(digest, to.putMetadata(name, in.readAllBytes()).digest());
        } catch (IOException e) {
            throw ReadFailures.of("cannot read " + name, e);
        }
    }

    private void check(Sha256 digest, Sha256 copied) {
        if (!copied.equals(digest)) {
            throw new IntegrityException(
                    "content %s of %s became %s when it was copied".formatted(digest, version.reference(), copied));
        }
    }
}
