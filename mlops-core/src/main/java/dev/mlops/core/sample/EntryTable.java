package dev.mlops.core.sample;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files that can be asked for by index, in about 60 bytes each: in groups of sixteen, where a path names only in what it
 * differs from the one before it, and a time its distance to the one before it. Thread-safe once it is made.
 */
final class EntryTable {
    private static final int GROUP = 16;
    private static final int CHUNK_BITS = 18;
    private static final int CHUNK = 1 << CHUNK_BITS;
    private static final int DIGEST = 32;

    private final List<byte[]> chunks = new ArrayList<>();
    private final Names mediaTypes = new Names();
    private final Names splits = new Names();
    private long[] groups = new long[64];
    private int used = CHUNK;
    private int size;
    private byte[] lastPath = {};
    private long lastTime;

    /** The regular files of an iterator; links and folders are left out. */
    static EntryTable of(Iterator<FileEntry> files) {
        EntryTable table = new EntryTable();
        Packed group = new Packed(new byte[4096]);
        while (files.hasNext()) {
            FileEntry entry = files.next();
            if (entry.kind() == FileKind.FILE) {
                table.add(entry, group);
            }
        }
        table.endGroup(group);
        return table;
    }

    int size() {
        return size;
    }

    private void add(FileEntry entry, Packed group) {
        if (size == Integer.MAX_VALUE) {
            throw new InvalidInputException("files to go through", size, "must be fewer");
        }
        if (size % GROUP == 0) {
            endGroup(group);
        }
        byte[] path = entry.path().getBytes(StandardCharsets.UTF_8);
        int common = Math.max(0, Arrays.mismatch(path, lastPath));
        group.number(common);
        group.number(path.length - common);
        group.bytes(path, common, path.length - common);
        lastPath = path;
        group.number(entry.size());
        group.bytes(HexFormat.of().parseHex(entry.sha256().hex()), 0, DIGEST);
        group.number(mediaTypes.index(entry.mediaType()));
        group.number(entry.split() == null ? 0 : 1 + splits.index(entry.split()));
        group.optional(entry.modifiedAt() == null ? null : zigzag(distance(entry.modifiedAt())));
        MediaFacts facts = entry.facts();
        group.optional(facts.width() == null ? null : Long.valueOf(facts.width()));
        group.optional(facts.height() == null ? null : Long.valueOf(facts.height()));
        group.optional(facts.durationMillis());
        group.optional(facts.rows());
        size++;
    }

    private long distance(Instant time) {
        long distance = time.toEpochMilli() - lastTime;
        lastTime = time.toEpochMilli();
        return distance;
    }

    private static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    private void endGroup(Packed group) {
        if (group.length == 0) {
            return;
        }
        if (used + group.length > CHUNK) {
            chunks.add(new byte[Math.max(CHUNK, group.length)]);
            used = 0;
        }
        System.arraycopy(group.bytes, 0, chunks.get(chunks.size() - 1), used, group.length);
        int index = (size - 1) / GROUP;
        if (index == groups.length) {
            groups = Arrays.copyOf(groups, 2 * index);
        }
        groups[index] = (long) (chunks.size() - 1) << CHUNK_BITS | used;
        used += group.length;
        group.length = 0;
        lastPath = new byte[0];
        lastTime = 0;
    }

    /** The file with an index. */
    FileEntry get(int index) {
        long group = groups[index / GROUP];
        Packed in = new Packed(chunks.get((int) (group >>> CHUNK_BITS)));
        in.length = (int) (group & (CHUNK - 1));
        byte[] path = {};
        long time = 0;
        for (int i = 0; ; i++) {
            int common = (int) in.number();
            path = Arrays.copyOf(path, common + (int) in.number());
            in.copyTo(path, common, path.length - common);
            long bytes = in.number();
            int digest = in.length;
            in.length += DIGEST;
            int mediaType = (int) in.number();
            int split = (int) in.number();
            Long distance = in.optional();
            time += distance == null ? 0 : (distance >>> 1) ^ -(distance & 1);
            MediaFacts facts = facts(in);
            if (i == index % GROUP) {
                return new FileEntry(
                        new String(path, StandardCharsets.UTF_8),
                        FileKind.FILE,
                        bytes,
                        Sha256.ofDigest(Arrays.copyOfRange(in.bytes, digest, digest + DIGEST)),
                        mediaTypes.name(mediaType),
                        split == 0 ? null : splits.name(split - 1),
                        distance == null ? null : Instant.ofEpochMilli(time),
                        facts);
            }
        }
    }

    private static MediaFacts facts(Packed in) {
        Long width = in.optional();
        Long height = in.optional();
        Long duration = in.optional();
        Long rows = in.optional();
        return width == null && height == null && duration == null && rows == null
                ? MediaFacts.NONE
                : new MediaFacts(
                        width == null ? null : width.intValue(),
                        height == null ? null : height.intValue(),
                        duration,
                        rows);
    }

    /** Few different texts, by number. */
    private static final class Names {
        private final Map<String, Integer> indexes = new HashMap<>();
        private final List<String> names = new ArrayList<>();

        int index(String name) {
            return indexes.computeIfAbsent(name, added -> {
                names.add(added);
                return names.size() - 1;
            });
        }

        String name(int index) {
            return names.get(index);
        }
    }

    /** Bytes that are written or read from front to end; numbers take seven bits a byte, least significant first. */
    private static final class Packed {
        private byte[] bytes;
        private int length;

        Packed(byte[] bytes) {
            this.bytes = bytes;
        }

        void number(long value) {
            reserve(10);
            long left = value;
            while ((left & ~0x7fL) != 0) {
                bytes[length++] = (byte) (left | 0x80);
                left >>>= 7;
            }
            bytes[length++] = (byte) left;
        }

        long number() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte b = bytes[length++];
                value |= (long) (b & 0x7f) << shift;
                if (b >= 0) {
                    return value;
                }
            }
        }

        /** Null takes one byte, a number one more than without. */
        void optional(@Nullable Long value) {
            number(value == null ? 0 : 1);
            if (value != null) {
                number(value);
            }
        }

        @Nullable
        Long optional() {
            return number() == 0 ? null : number();
        }

        void bytes(byte[] from, int offset, int count) {
            reserve(count);
            System.arraycopy(from, offset, bytes, length, count);
            length += count;
        }

        void copyTo(byte[] to, int offset, int count) {
            System.arraycopy(bytes, length, to, offset, count);
            length += count;
        }

        private void reserve(int count) {
            if (length + count > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
            }
        }
    }
}
