package dev.mlops.core.object;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Maps keys to paths so that no two keys can meet on any file system: {@code models/Digits} is {@code
 * d-models/o-+digits}. The first two characters of a name say what it is (see {@link Kind}), so a key and a key below it
 * ({@code a} and {@code a/b}) have different names, and no name is a reserved one. Upper-case letters are {@code +} and
 * the lower-case letter, for file systems that ignore case; a dot at the end is {@code +0}, for those that drop it. A
 * part of 100 characters or more goes down one folder for each hundred, for the limit of 255 bytes a name.
 */
final class KeyLayout {
    private static final int PIECE = 100;
    private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9._-]*");

    private KeyLayout() {}

    /** What a name on disk stands for. */
    enum Kind {
        /** The last part of a key: a file. */
        OBJECT("o-", ""),
        /** A whole part with more parts below it: a folder. */
        PART("d-", "/"),
        /** The first hundred characters of a part that goes on below it: a folder. */
        PIECE("c-", "");

        private final String mark;
        private final String separator;

        Kind(String mark, String separator) {
            this.mark = mark;
            this.separator = separator;
        }
    }

    /** One name on disk: its kind and the piece of a key that it stands for. */
    record Entry(Kind kind, String text) {
        /** What this adds to the key; sorting a folder by it gives the order of the keys below. */
        String keyText() {
            return text + kind.separator;
        }

        String fileName() {
            return kind.mark + encode(text);
        }
    }

    /** The path of the object with this valid key below {@code root}. */
    static Path pathOf(Path root, String key) {
        String[] parts = key.split("/", -1);
        Path path = root;
        for (int i = 0; i < parts.length; i++) {
            String rest = parts[i];
            while (rest.length() >= PIECE) {
                path = path.resolve(new Entry(Kind.PIECE, rest.substring(0, PIECE)).fileName());
                rest = rest.substring(PIECE);
            }
            Kind kind = i == parts.length - 1 ? Kind.OBJECT : Kind.PART;
            path = path.resolve(new Entry(kind, rest).fileName());
        }
        return path;
    }

    /** Reads a name on disk; empty if this layout never makes it, such as a file that someone else put there. */
    static Optional<Entry> parse(String fileName) {
        for (Kind kind : Kind.values()) {
            if (fileName.startsWith(kind.mark)) {
                Entry entry = new Entry(kind, decode(fileName.substring(kind.mark.length())));
                boolean ours = entry.fileName().equals(fileName)
                        && TEXT.matcher(entry.text()).matches();
                return ours ? Optional.of(entry) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static String encode(String text) {
        StringBuilder name = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                name.append('+').append((char) (c + ('a' - 'A')));
            } else if (c == '.' && i == text.length() - 1) {
                name.append("+0");
            } else {
                name.append(c);
            }
        }
        return name.toString();
    }

    private static String decode(String name) {
        StringBuilder text = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '+' && i + 1 < name.length()) {
                char escaped = name.charAt(++i);
                text.append(escaped == '0' ? '.' : (char) (escaped - ('a' - 'A')));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
