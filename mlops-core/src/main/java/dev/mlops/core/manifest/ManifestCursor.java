package dev.mlops.core.manifest;

import dev.mlops.api.dataset.FileEntry;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Goes from file to file in a manifest. A segment is read when the first file in it is asked for, so that it can be
 * skipped unread. Confined to one thread.
 */
public final class ManifestCursor implements Iterator<FileEntry> {
    private final List<SegmentRef> segments;
    private final Function<SegmentRef, List<FileEntry>> reader;
    private int segment;
    private int index;
    private @Nullable List<FileEntry> entries;

    ManifestCursor(List<SegmentRef> segments, Function<SegmentRef, List<FileEntry>> reader, int segment, int index) {
        this.segments = segments;
        this.reader = reader;
        this.segment = segment;
        this.index = index;
    }

    @Override
    public boolean hasNext() {
        return segment < segments.size();
    }

    @Override
    public FileEntry next() {
        FileEntry entry = peek();
        if (++index == entries().size()) {
            skipSegment();
        }
        return entry;
    }

    /** The next file, without going on. */
    public FileEntry peek() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return entries().get(index);
    }

    private List<FileEntry> entries() {
        if (entries == null) {
            entries = reader.apply(segments.get(segment));
        }
        return entries;
    }

    /** The path of the next file, or null at the end; does not read a segment for its first path. */
    public @Nullable String peekPath() {
        if (!hasNext()) {
            return null;
        }
        return index == 0 ? segments.get(segment).first() : peek().path();
    }

    /** The segment that begins here, or null within one or at the end. */
    @Nullable
    SegmentRef segment() {
        return hasNext() && index == 0 ? segments.get(segment) : null;
    }

    /** Goes on to the next segment. */
    void skipSegment() {
        segment++;
        index = 0;
        entries = null;
    }
}
