package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.core.content.ContentStore;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens the manifests of a content store. The roots and segments that were used last are kept as objects, of about 64 MiB
 * or an eighth of the heap if that is less. Thread-safe.
 */
public final class Manifests {
    private static final long MAX_WEIGHT = 64L * 1024 * 1024;
    private static final int HEAP_PART = 8;

    /** What the objects of one file or segment take in memory beside their line. */
    private static final int WEIGHT_OF_ENTRY = 160;

    private final Opener content;
    private final long maxWeight;
    private final Map<Sha256, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;

    private record Kept(Object value, long weight) {}

    /** How parts of manifests are opened. */
    @FunctionalInterface
    public interface Opener {
        /** Opens a content of at most {@code maxSize} bytes, as {@link ContentStore#open(Sha256)} does. */
        InputStream open(Sha256 digest, long maxSize);
    }

    private Manifests(Opener content, long maxWeight) {
        this.content = content;
        this.maxWeight = maxWeight;
    }

    /** The manifests of a content store, with a cache. */
    public static Manifests cached(Supplier<? extends ContentStore> content) {
        return through((digest, maxSize) -> content.get().open(digest));
    }

    /** Manifests whose parts are opened so, with a cache. */
    public static Manifests through(Opener content) {
        return new Manifests(content, Math.min(MAX_WEIGHT, Runtime.getRuntime().maxMemory() / HEAP_PART));
    }

    /** The manifests of a content store, read from it each time. */
    public static Manifests uncached(ContentStore content) {
        return new Manifests((digest, maxSize) -> content.open(digest), 0);
    }

    /**
     * Opens a manifest; reads its root.
     *
     * @throws IntegrityException if it is missing or damaged
     */
    public StoredManifest open(Sha256 digest) {
        Root root = find(digest, Root.class);
        if (root == null) {
            byte[] bytes = Segments.bytes(content, digest, "root", Root.MAX_SIZE);
            try {
                root = Root.parse(bytes);
            } catch (IntegrityException e) {
                throw new IntegrityException("root %s of a manifest: %s".formatted(digest, e.getMessage()), e);
            }
            keep(
                    digest,
                    root,
                    bytes.length + (long) WEIGHT_OF_ENTRY * root.segments().size());
        }
        return new StoredManifest(this, digest, root);
    }

    /** A manifest without a file, which is not stored anywhere. */
    public StoredManifest empty() {
        Root root = new Root(0, 0, null, List.of());
        return new StoredManifest(this, Sha256.of(root.toBytes()), root);
    }

    /** The files of a segment, kept. */
    List<FileEntry> segment(SegmentRef ref) {
        SegmentEntries found = find(ref.sha256(), SegmentEntries.class);
        if (found == null || !found.ref.equals(ref)) {
            found = new SegmentEntries(ref, read(ref));
            keep(ref.sha256(), found, ref.size() + WEIGHT_OF_ENTRY * ref.files());
        }
        return found.entries;
    }

    /** The files of a segment, from the store. */
    List<FileEntry> read(SegmentRef ref) {
        return Segments.read(content, ref);
    }

    /** What it says of itself was checked against this reference; another root may say something else of it. */
    private record SegmentEntries(SegmentRef ref, List<FileEntry> entries) {}

    private synchronized <T> @Nullable T find(Sha256 digest, Class<T> type) {
        Kept found = kept.get(digest);
        return found != null && type.isInstance(found.value) ? type.cast(found.value) : null;
    }

    private synchronized void keep(Sha256 digest, Object value, long weightOfValue) {
        if (weightOfValue > maxWeight) {
            return;
        }
        Kept before = kept.put(digest, new Kept(value, weightOfValue));
        weight += weightOfValue - (before == null ? 0 : before.weight);
        var oldest = kept.values().iterator();
        while (weight > maxWeight) {
            weight -= oldest.next().weight;
            oldest.remove();
        }
    }
}
