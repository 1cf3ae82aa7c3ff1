package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.file.PathOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A manifest in the content store, of which any part can be read without the rest: a binary search over the root finds
 * the segment of a path, another one the file in it. What is read is checked first ({@link IntegrityException}).
 * Thread-safe.
 */
public final class StoredManifest {
    private final Manifests manifests;
    private final Sha256 digest;
    private final Root root;

    StoredManifest(Manifests manifests, Sha256 digest, Root root) {
        this.manifests = manifests;
        this.digest = digest;
        this.root = root;
    }

    /** What identifies it: equal manifests mean equal data and equal summaries. */
    public Sha256 digest() {
        return digest;
    }

    /** How many files it lists. */
    public long files() {
        return root.files();
    }

    /** How many bytes they have. */
    public long bytes() {
        return root.bytes();
    }

    /** It as it was when it was written. */
    public Manifest manifest() {
        return new Manifest(digest, root.files(), root.bytes());
    }

    /** The JSON object that its writer put into it, if there is one. */
    public Optional<String> summary() {
        return Optional.ofNullable(root.summary());
    }

    /**
     * Stores the same list with another summary.
     *
     * @param summary a JSON object of at most 256 KiB
     */
    public Manifest withSummary(ContentWriter content, String summary) {
        Root changed = new Root(root.files(), root.bytes(), Root.checkSummary(summary), root.segments());
        Stored stored = content.putMetadata("manifest of " + root.files() + " files", changed.toBytes());
        return new Manifest(stored.digest(), root.files(), root.bytes());
    }

    /** Its segments, by path. */
    public List<SegmentRef> segments() {
        return root.segments();
    }

    /** The files of one of its segments, by path; does not go through the cache. Several threads may read segments at once. */
    public List<FileEntry> read(SegmentRef segment) {
        return manifests.read(segment);
    }

    /** The file with a path. */
    public Optional<FileEntry> find(String path) {
        ManifestCursor cursor = from(path);
        return path.equals(cursor.peekPath()) ? Optional.of(cursor.next()) : Optional.empty();
    }

    /** All files, by path; does not go through the cache, so that one long reading does not empty it. */
    public ManifestCursor entries() {
        return new ManifestCursor(root.segments(), manifests::read, 0, 0);
    }

    /** A cursor before the first file. */
    public ManifestCursor fromStart() {
        return new ManifestCursor(root.segments(), manifests::segment, 0, 0);
    }

    /** A cursor before the first file whose path is {@code path} or comes after it; {@code path} may be any text. */
    public ManifestCursor from(String path) {
        int segment = search(root.segments(), path, SegmentRef::last);
        if (segment == root.segments().size()
                || PathOrder.BY_CODE_POINT.compare(root.segments().get(segment).first(), path) >= 0) {
            return new ManifestCursor(root.segments(), manifests::segment, segment, 0);
        }
        int index = search(manifests.segment(root.segments().get(segment)), path, FileEntry::path);
        return new ManifestCursor(root.segments(), manifests::segment, segment, index);
    }

    /** The index of the first element that is not before a path; the size if there is none. */
    private static <T> int search(List<T> sorted, String path, java.util.function.Function<T, String> pathOf) {
        Comparator<String> order = PathOrder.BY_CODE_POINT;
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (order.compare(pathOf.apply(sorted.get(middle)), path) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
