package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.core.file.PathOrder;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads segments and believes nothing of them: each line, the order, and all that the root says are checked. */
final class Segments {
    /** The largest segment that is written, unless one line alone is larger. */
    static final int TARGET_SIZE = 512 * 1024;

    /** The largest segment that is read. */
    static final int MAX_SIZE = 1024 * 1024;

    private Segments() {}

    static List<FileEntry> read(Manifests.Opener content, SegmentRef ref) {
        try {
            byte[] bytes = bytes(content, ref.sha256(), "segment", ref.size());
            if (bytes.length != ref.size()) {
                throw new IntegrityException(
                        "it has %d bytes, but the root says %d".formatted(bytes.length, ref.size()));
            }
            return parse(bytes, ref);
        } catch (IntegrityException e) {
            throw new IntegrityException("segment %s of a manifest: %s".formatted(ref.sha256(), e.getMessage()), e);
        }
    }

    /** A content that has a size, or at most that size. */
    static byte[] bytes(Manifests.Opener content, Sha256 digest, String what, int max) {
        try (InputStream in = content.open(digest, max)) {
            byte[] bytes = in.readNBytes(max);
            if (in.read() >= 0) {
                throw new IntegrityException("%s %s of a manifest has more than %d bytes".formatted(what, digest, max));
            }
            return bytes;
        } catch (NotFoundException e) {
            throw new IntegrityException(
                    "%s %s of a manifest is missing: %s".formatted(what, digest, e.getMessage()), e);
        } catch (IOException e) {
            throw ReadFailures.of("cannot read %s %s of a manifest".formatted(what, digest), e);
        }
    }

    static List<FileEntry> parse(byte[] bytes, SegmentRef ref) {
        EntryDecoder decoder = new EntryDecoder();
        List<FileEntry> entries = new ArrayList<>((int) ref.files());
        long total = 0;
        String last = "";
        for (int start = 0; start < bytes.length; ) {
            int length = lineLength(bytes, start, EntryLine.MAX);
            FileEntry entry = decoder.decode(bytes, start, length);
            if (PathOrder.BY_CODE_POINT.compare(last, entry.path()) >= 0) {
                throw new IntegrityException(
                        "manifest is not sorted: '%s' comes after '%s'".formatted(entry.path(), last));
            }
            if (entries.size() == ref.files() || entry.size() > ref.bytes() - total) {
                throw new IntegrityException("it has more than the %d files with %d bytes that the root says it has"
                        .formatted(ref.files(), ref.bytes()));
            }
            entries.add(entry);
            total += entry.size();
            last = entry.path();
            start += length + 1;
        }
        check(entries, total, ref);
        return Collections.unmodifiableList(entries);
    }

    /** The length of the line that begins here, without its end; {@link IntegrityException} if it is too long or cut. */
    static int lineLength(byte[] bytes, int start, int max) {
        int to = (int) Math.min(bytes.length, (long) start + max);
        for (int i = start; i < to; i++) {
            if (bytes[i] == '\n') {
                return i - start;
            }
        }
        throw new IntegrityException(
                "manifest has a line of more than %d bytes, or ends in a line, at byte %d".formatted(max, start));
    }

    private static void check(List<FileEntry> entries, long bytes, SegmentRef ref) {
        if (entries.size() != ref.files() || bytes != ref.bytes()) {
            throw new IntegrityException("it has %d files with %d bytes, but the root says %d with %d"
                    .formatted(entries.size(), bytes, ref.files(), ref.bytes()));
        }
        String first = entries.get(0).path();
        String last = entries.get(entries.size() - 1).path();
        if (!first.equals(ref.first()) || !last.equals(ref.last())) {
            throw new IntegrityException("it goes from '%s' to '%s', but the root says from '%s' to '%s'"
                    .formatted(first, last, ref.first(), ref.last()));
        }
    }
}
