package dev.mlops.core.manifest;

import static java.util.Objects.requireNonNull;

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

    private static final int PATH = 0;
    private static final int SIZE = 1;
    private static final int SHA256 = 2;
    private static final int TYPE = 3;
    private static final int KIND = 4;
    private static final int SPLIT = 5;
    private static final int MTIME = 6;
    private static final int WIDTH = 7;
    private static final int HEIGHT = 8;
    private static final int DURATION = 9;
    private static final int ROWS = 10;

    /** In the order in which they are written. */
    private static final byte[][] MEMBERS = {
        EntryLine.PATH,
        EntryLine.SIZE,
        EntryLine.SHA256,
        EntryLine.TYPE,
        EntryLine.KIND,
        EntryLine.SPLIT,
        EntryLine.MTIME,
        EntryLine.WIDTH,
        EntryLine.HEIGHT,
        EntryLine.DURATION,
        EntryLine.ROWS
    };

    private final long[] numbers = new long[MEMBERS.length];
    private @Nullable String path;
    private @Nullable FileKind kind;
    private @Nullable Sha256 sha256;
    private @Nullable String splitHere;
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

    /** One loop over the members rather than a line of code for each: it is compiled while a program starts. */
    private @Nullable FileEntry inPlace() {
        path = null;
        kind = FileKind.FILE;
        sha256 = null;
        splitHere = null;
        Arrays.fill(numbers, NONE);
        boolean hasType = false;
        for (int member = 0; member < MEMBERS.length; member++) {
            if (skip(MEMBERS[member])) {
                if (!read(member)) {
                    return null;
                }
                hasType |= member == TYPE;
            }
        }
        boolean isWhole = path != null && sha256 != null && numbers[SIZE] != NONE && hasType;
        if (!isWhole || at != end - 1 || bytes[at] != '}') {
            return null;
        }
        return entry(requireNonNull(path), requireNonNull(sha256));
    }

    /** Reads the value at hand; false if it cannot be read in place. */
    private boolean read(int member) {
        switch (member) {
            case PATH -> path = text();
            case SHA256 -> sha256 = digest();
            case KIND -> {
                String name = text();
                kind = name == null ? null : EntryLine.kind(name);
            }
            case SPLIT -> splitHere = readSplit();
            case TYPE -> {
                return readType();
            }
            default -> {
                numbers[member] = number();
                return numbers[member] != NONE;
            }
        }
        return (member != PATH || path != null)
                && (member != SHA256 || sha256 != null)
                && (member != KIND || kind != null)
                && (member != SPLIT || splitHere != null);
    }

    private @Nullable FileEntry entry(String path, Sha256 sha256) {
        MediaFacts facts = MediaFacts.NONE;
        if (numbers[WIDTH] != NONE || numbers[HEIGHT] != NONE || numbers[DURATION] != NONE || numbers[ROWS] != NONE) {
            if (numbers[WIDTH] > Integer.MAX_VALUE || numbers[HEIGHT] > Integer.MAX_VALUE) {
                return null;
            }
            facts = new MediaFacts(
                    smallOrNull(numbers[WIDTH]),
                    smallOrNull(numbers[HEIGHT]),
                    orNull(numbers[DURATION]),
                    orNull(numbers[ROWS]));
        }
        Instant modifiedAt = numbers[MTIME] == NONE ? null : Instant.ofEpochMilli(numbers[MTIME]);
        return EntryLine.check(
                new FileEntry(path, requireNonNull(kind), numbers[SIZE], sha256, type, splitHere, modifiedAt, facts));
    }

    private static @Nullable Integer smallOrNull(long number) {
        return number == NONE ? null : Integer.valueOf((int) Math.max(number, -1));
    }

    private static @Nullable Long orNull(long number) {
        return number == NONE ? null : Long.valueOf(number);
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
