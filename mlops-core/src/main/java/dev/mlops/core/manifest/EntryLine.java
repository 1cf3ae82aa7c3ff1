package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.name.ResourceName;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The line of a file: the names of its members, in their order, its rules, and how it is written. */
final class EntryLine {
    /** The longest line, its end included. A path of 1,024 characters takes at most 3,072 bytes. */
    static final int MAX = 16 * 1024;

    static final byte[] PATH = LineBuffer.ascii("{\"path\":");
    static final byte[] SIZE = LineBuffer.ascii(",\"size\":");
    static final byte[] SHA256 = LineBuffer.ascii(",\"sha256\":");
    static final byte[] TYPE = LineBuffer.ascii(",\"type\":");
    static final byte[] KIND = LineBuffer.ascii(",\"kind\":");
    static final byte[] SPLIT = LineBuffer.ascii(",\"split\":");
    static final byte[] MTIME = LineBuffer.ascii(",\"mtime\":");
    static final byte[] WIDTH = LineBuffer.ascii(",\"width\":");
    static final byte[] HEIGHT = LineBuffer.ascii(",\"height\":");
    static final byte[] DURATION = LineBuffer.ascii(",\"duration\":");
    static final byte[] ROWS = LineBuffer.ascii(",\"rows\":");
    static final byte[] END = LineBuffer.ascii("}\n");

    private static final int MAX_TYPE = 255;

    private EntryLine() {}

    /**
     * Checks all of an entry but its split.
     *
     * @throws InvalidInputException if a manifest cannot hold it
     */
    static FileEntry check(FileEntry entry) {
        RelativePath.check("path", entry.path());
        if (entry.size() < 0 || (entry.kind() == FileKind.FOLDER && entry.size() != 0)) {
            throw new InvalidInputException(
                    "size of " + entry.path(), entry.size(), "must not be negative, and 0 for a folder");
        }
        checkType(entry);
        checkFacts(entry);
        return entry;
    }

    static @Nullable String checkSplit(@Nullable String split) {
        return split == null ? null : ResourceName.check("split", split);
    }

    private static void checkType(FileEntry entry) {
        String type = entry.mediaType();
        boolean isRight = !type.isEmpty() && type.length() <= MAX_TYPE;
        for (int i = 0; isRight && i < type.length(); i++) {
            isRight = type.charAt(i) >= 0x20 && type.charAt(i) < 0x7f;
        }
        if (!isRight) {
            throw new InvalidInputException(
                    "type of " + entry.path(), type, "must be 1 to " + MAX_TYPE + " ASCII characters");
        }
    }

    private static void checkFacts(FileEntry entry) {
        MediaFacts facts = entry.facts();
        if (isNegative(facts.width())
                || isNegative(facts.height())
                || isNegative(facts.durationMillis())
                || isNegative(facts.rows())) {
            throw new InvalidInputException("facts of " + entry.path(), facts, "must not be negative");
        }
    }

    private static boolean isNegative(@Nullable Number number) {
        return number != null && number.longValue() < 0;
    }

    /** Adds the line of an entry that was checked. */
    static void write(FileEntry entry, LineBuffer out) {
        out.raw(PATH).text(entry.path()).raw(SIZE).number(entry.size());
        out.raw(SHA256).text(entry.sha256().hex()).raw(TYPE).text(entry.mediaType());
        if (entry.kind() != FileKind.FILE) {
            out.raw(KIND).text(entry.kind().name().toLowerCase(Locale.ROOT));
        }
        if (entry.split() != null) {
            out.raw(SPLIT).text(entry.split());
        }
        if (entry.modifiedAt() != null) {
            out.raw(MTIME).number(millis(entry));
        }
        write(entry.facts(), out);
        out.raw(END);
    }

    private static long millis(FileEntry entry) {
        try {
            return entry.modifiedAt() == null ? 0 : entry.modifiedAt().toEpochMilli();
        } catch (ArithmeticException e) {
            throw new InvalidInputException(
                    "modification time of " + entry.path(), entry.modifiedAt(), "is too far from 1970", e);
        }
    }

    private static void write(MediaFacts facts, LineBuffer out) {
        write(WIDTH, facts.width(), out);
        write(HEIGHT, facts.height(), out);
        write(DURATION, facts.durationMillis(), out);
        write(ROWS, facts.rows(), out);
    }

    private static void write(byte[] member, @Nullable Number number, LineBuffer out) {
        if (number != null) {
            out.raw(member).number(number.longValue());
        }
    }

    /** The kind with a name in a line; a file's is left out there. */
    static FileKind kind(@Nullable String name) {
        if (name == null) {
            return FileKind.FILE;
        }
        return switch (name) {
            case "folder" -> FileKind.FOLDER;
            case "link" -> FileKind.LINK;
            default -> throw new InvalidInputException("kind", name, "must be 'folder' or 'link', or left out");
        };
    }

    static Sha256 digest(@Nullable String hex) {
        return new Sha256(hex == null ? "" : hex);
    }
}
