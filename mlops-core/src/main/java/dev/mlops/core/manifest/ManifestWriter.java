package dev.mlops.core.manifest;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.file.PathOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a manifest segment by segment into the content store; keeps one segment and the root in memory. Equal lists give
 * equal manifests, whichever way they were made. Confined to one thread.
 */
public final class ManifestWriter {
    private final ContentWriter content;
    private final SegmentCut cut = new SegmentCut();
    private final List<SegmentRef> segments = new ArrayList<>();
    private final LineBuffer line = new LineBuffer(1024);
    private final LineBuffer segment = new LineBuffer(64 * 1024);
    private String first = "";
    private String last = "";
    private @Nullable String lastSplit;
    private long segmentFiles;
    private long segmentBytes;
    private long files;
    private long bytes;

    /** Begins a manifest whose parts are put with a writer; its maker flushes, uses and closes that. */
    public ManifestWriter(ContentWriter content) {
        this.content = content;
    }

    /**
     * Adds a file.
     *
     * @throws InvalidInputException if a manifest cannot hold it
     * @throws IllegalArgumentException if its path does not come after the one before
     */
    public void add(FileEntry entry) {
        requireAfter(entry.path());
        EntryLine.check(entry);
        checkSplit(entry.split());
        line.clear();
        EntryLine.write(entry, line);
        if (segment.length() + line.length() > Segments.TARGET_SIZE) {
            endSegment();
        }
        if (segmentFiles == 0) {
            first = entry.path();
        }
        segment.raw(line);
        segmentFiles++;
        segmentBytes = Math.addExact(segmentBytes, entry.size());
        last = entry.path();
        if (cut.isAfter(last)) {
            endSegment();
        }
    }

    private void requireAfter(String path) {
        if (PathOrder.BY_CODE_POINT.compare(last, path) >= 0) {
            throw new IllegalArgumentException("'%s' does not come after '%s'".formatted(path, last));
        }
    }

    /** Most files are in the split of the one before. */
    private void checkSplit(@Nullable String split) {
        if (split != null && !split.equals(lastSplit)) {
            lastSplit = EntryLine.checkSplit(split);
        }
    }

    /**
     * Adds a segment of another manifest of the same store without reading it, if the list is cut before and after it in
     * any case; otherwise its files must be added one by one.
     *
     * @return false, and nothing is done, if it cannot be added as a whole
     * @throws IntegrityException if it is not in the store any more
     * @throws IllegalArgumentException if it does not come after the file before
     */
    public boolean addSegment(SegmentRef ref) {
        requireAfter(ref.first());
        if (segmentFiles > 0 || !cut.isAfter(ref.last())) {
            return false;
        }
        Stored stored = content.reuse(ref.sha256())
                .orElseThrow(() -> new IntegrityException("segment %s of a manifest is missing".formatted(ref)));
        if (stored.size() != ref.size()) {
            throw new IntegrityException("%s of a manifest has %d bytes in the store".formatted(ref, stored.size()));
        }
        append(ref);
        last = ref.last();
        return true;
    }

    private void endSegment() {
        if (segmentFiles == 0) {
            return;
        }
        byte[] encoded = segment.toBytes();
        Stored stored = content.putMetadata("manifest segment from " + first, encoded);
        append(new SegmentRef(first, last, segmentFiles, segmentBytes, stored.digest(), encoded.length));
        segment.clear();
        segmentFiles = 0;
        segmentBytes = 0;
    }

    private void append(SegmentRef ref) {
        segments.add(ref);
        files += ref.files();
        bytes = Math.addExact(bytes, ref.bytes());
    }

    /**
     * Ends the list and writes the root.
     *
     * @param summary a JSON object of at most 256 KiB that is kept with it, or null
     * @throws InvalidInputException if the summary is something else
     */
    public Manifest finish(@Nullable String summary) {
        String checked = summary == null ? null : Root.checkSummary(summary);
        endSegment();
        Root root = new Root(files, bytes, checked, segments);
        Stored stored = content.putMetadata("manifest of " + files + " files", root.toBytes());
        return new Manifest(stored.digest(), files, bytes);
    }

    /**
     * Ends the list and takes a manifest into use whose files are the same, root and summary included.
     *
     * @return false, and no root is written, if its files are others
     */
    boolean finishAs(StoredManifest other) {
        endSegment();
        return segments.equals(other.segments())
                && content.reuse(other.digest()).isPresent();
    }
}
