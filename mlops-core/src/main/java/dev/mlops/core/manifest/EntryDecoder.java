package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of files. A line that looks as {@link EntryLine} writes it is taken apart in place; any other one, such
 * as with an escaped character or a member that is not known, goes to a JSON parser. Equal types and splits become one
 * string. Confined to one thread.
 */
final class EntryDecoder {
    private static final int DIGEST = 64;
    private static final int SAFE_DIGITS = 18;

    /** No number; none that is read in place is as small. */
    private static final long NONE = Long.MIN_VALUE;

    private byte[] bytes = {};
    private int at;
    private int end;
    private String type = "";
    private @Nullable String split;

    /**
     * Reads a line, given without its end.
     *
     * @throws IntegrityException if it is none, or if what it says cannot be right
     */
    FileEntry decode(byte[] source, int offset, int length) {
        bytes = source;
        at = offset;
        end = offset + length;
        try {
            FileEntry entry = inPlace();
            return entry == null ? decodeAny(source, offset, length) : entry;
        } catch (InvalidInputException e) {
            throw new IntegrityException("manifest has a bad line: " + e.getMessage(), e);
        }
    }

    /** Reads any line, with the JSON parser. */
    static FileEntry decodeAny(byte[] source, int offset, int length) {
        EntryMembers members = new EntryMembers();
        JsonLine.parse(source, offset, length, members);
        try {
            return members.entry();
        } catch (InvalidInputException e) {
            throw new IntegrityException("manifest has a bad line: " + e.getMessage(), e);
        }
    }

    private @Nullable FileEntry inPlace() {
        String path = skip(EntryLine.PATH) ? text() : null;
        long size = path != null && skip(EntryLine.SIZE) ? number() : NONE;
        Sha256 sha256 = size != NONE && skip(EntryLine.SHA256) ? digest() : null;
        if (path == null || sha256 == null || !skip(EntryLine.TYPE) || !readType()) {
            return null;
        }
        FileKind kind = FileKind.FILE;
        if (skip(EntryLine.KIND)) {
            String name = text();
            if (name == null) {
                return null;
            }
            kind = EntryLine.kind(name);
        }
        String splitHere = null;
        if (skip(EntryLine.SPLIT)) {
            splitHere = readSplit();
            if (splitHere == null) {
                return null;
            }
        }
        long mtime = optional(EntryLine.MTIME);
        MediaFacts facts = facts();
        if (facts == null || at != end - 1 || bytes[at] != '}') {
            return null;
        }
        Instant modifiedAt = mtime == NONE ? null : Instant.ofEpochMilli(mtime);
        return EntryLine.check(new FileEntry(path, kind, size, sha256, type, splitHere, modifiedAt, facts));
    }

    /** Null where the numbers are too large to be read in place. */
    private @Nullable MediaFacts facts() {
        if (at == end - 1) {
            return MediaFacts.NONE;
        }
        long width = optional(EntryLine.WIDTH);
        long height = optional(EntryLine.HEIGHT);
        long duration = optional(EntryLine.DURATION);
        long rows = optional(EntryLine.ROWS);
        if (width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
            return null;
        }
        return new MediaFacts(
                width == NONE ? null : Integer.valueOf((int) Math.max(width, -1)),
                height == NONE ? null : Integer.valueOf((int) Math.max(height, -1)),
                duration == NONE ? null : Long.valueOf(duration),
                rows == NONE ? null : Long.valueOf(rows));
    }

    private boolean skip(byte[] literal) {
        int to = at + literal.length;
        if (to > end || !Arrays.equals(bytes, at, to, literal, 0, literal.length)) {
            return false;
        }
        at = to;
        return true;
    }

    /** The string at hand; null if it has an escape or is none. */
    private @Nullable String text() {
        int start = at + 1;
        int close = close();
        if (close < 0) {
            return null;
        }
        at = close + 1;
        for (int i = start; i < close; i++) {
            if (bytes[i] < 0) {
                return JsonLine.decode(bytes, start, close - start);
            }
        }
        return new String(bytes, start, close - start, StandardCharsets.ISO_8859_1);
    }

    /** Where the string at hand ends; -1 if it has an escape or is none. */
    private int close() {
        if (at >= end || bytes[at] != '"') {
            return -1;
        }
        for (int i = at + 1; i < end; i++) {
            byte b = bytes[i];
            if (b == '"') {
                return i;
            }
            if (b == '\\' || (b >= 0 && b < 0x20)) {
                return -1;
            }
        }
        return -1;
    }

    private boolean readType() {
        if (skipSame(type)) {
            return true;
        }
        String found = text();
        type = found == null ? type : found;
        return found != null;
    }

    private @Nullable String readSplit() {
        if (split == null || !skipSame(split)) {
            split = EntryLine.checkSplit(text());
        }
        return split;
    }

    /** Goes over the string at hand if it is this one, of ASCII characters. */
    private boolean skipSame(String text) {
        int close = at + 1 + text.length();
        if (close >= end || bytes[at] != '"' || bytes[close] != '"') {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[at + 1 + i] != text.charAt(i)) {
                return false;
            }
        }
        at = close + 1;
        return true;
    }

    private @Nullable Sha256 digest() {
        int close = at + 1 + DIGEST;
        if (close >= end || bytes[at] != '"' || bytes[close] != '"') {
            return null;
        }
        String hex = new String(bytes, at + 1, DIGEST, StandardCharsets.ISO_8859_1);
        at = close + 1;
        return new Sha256(hex);
    }

    /** The number of a member that may be left out. */
    private long optional(byte[] member) {
        int before = at;
        long number = skip(member) ? number() : NONE;
        at = number == NONE ? before : at;
        return number;
    }

    private long number() {
        boolean isNegative = at < end && bytes[at] == '-';
        int start = isNegative ? at + 1 : at;
        int to = start;
        long number = 0;
        while (to < end && to - start < SAFE_DIGITS && bytes[to] >= '0' && bytes[to] <= '9') {
            number = number * 10 + bytes[to++] - '0';
        }
        boolean hasLeadingZero = to - start > 1 && bytes[start] == '0';
        boolean isWhole = to < end && (bytes[to] == ',' || bytes[to] == '}');
        if (to == start || hasLeadingZero || !isWhole) {
            return NONE;
        }
        at = to;
        return isNegative ? -number : number;
    }
}
