package dev.mlops.core.file;

import dev.mlops.api.error.InvalidInputException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A glob over paths with {@code /}, in the syntax of {@link java.nio.file.FileSystem#getPathMatcher} but the same on
 * every operating system and for every name. Immutable.
 */
public final class Glob {
    private static final int MAX_LENGTH = 1024;
    private static final String META = "\\^$.|?*+()[]{}&~";

    private final String glob;
    private final StringBuilder regex = new StringBuilder();
    private final StringBuilder prefix = new StringBuilder();
    private final Pattern pattern;
    private int next;
    private boolean inGroup;
    private boolean isPrefix = true;

    private Glob(String field, String glob) {
        this.glob = glob;
        try {
            translate();
            pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw new InvalidInputException(field, glob, "is not a glob: " + e.getDescription(), e);
        }
    }

    /**
     * Reads a glob.
     *
     * @throws InvalidInputException if it is none
     */
    public static Glob of(String field, String glob) {
        if (glob.length() > MAX_LENGTH) {
            throw new InvalidInputException(field, glob, "must be at most " + MAX_LENGTH + " characters");
        }
        return new Glob(field, glob);
    }

    /** True if the whole path matches. */
    public boolean matches(String path) {
        return pattern.matcher(path).matches();
    }

    /** What every path that matches begins with, as far as it has no special characters; all of it if there are none. */
    public String prefix() {
        return prefix.toString();
    }

    private void translate() {
        while (next < glob.length()) {
            char c = glob.charAt(next++);
            isPrefix &= "*?[{".indexOf(c) < 0;
            switch (c) {
                case '\\' -> literal(escaped());
                case '*' -> star();
                case '?' -> regex.append("[^/]");
                case '[' -> bracket();
                case '{' -> openGroup();
                case '}' -> closeGroup();
                case ',' -> comma();
                default -> literal(c);
            }
        }
        if (inGroup) {
            throw error("missing '}'");
        }
    }

    private void star() {
        boolean acrossFolders = false;
        while (next < glob.length() && glob.charAt(next) == '*') {
            acrossFolders = true;
            next++;
        }
        regex.append(acrossFolders ? ".*" : "[^/]*");
    }

    private void openGroup() {
        if (inGroup) {
            throw error("groups cannot be nested");
        }
        inGroup = true;
        regex.append("(?:(?:");
    }

    private void closeGroup() {
        if (inGroup) {
            regex.append("))");
            inGroup = false;
        } else {
            literal('}');
        }
    }

    private void comma() {
        if (inGroup) {
            regex.append(")|(?:");
        } else {
            literal(',');
        }
    }

    private char escaped() {
        if (next == glob.length()) {
            throw error("nothing follows the '\\'");
        }
        return glob.charAt(next++);
    }

    private void literal(char c) {
        if (isPrefix) {
            prefix.append(c);
        }
        if (META.indexOf(c) >= 0) {
            regex.append('\\');
        }
        regex.append(c);
    }

    /** One character that is in a set, but never {@code /}. */
    private void bracket() {
        regex.append("(?!/)[");
        if (next < glob.length() && glob.charAt(next) == '!') {
            regex.append('^');
            next++;
        }
        if (next < glob.length() && glob.charAt(next) == '-') {
            regex.append("\\-");
            next++;
        }
        int first = next;
        for (char c = inBracket(); c != ']'; c = inBracket()) {
            bracketPart(c);
        }
        if (next - 1 == first && regex.charAt(regex.length() - 1) != '-') {
            throw error("'[]' is empty");
        }
        regex.append(']');
    }

    private char inBracket() {
        if (next == glob.length()) {
            throw error("missing ']'");
        }
        char c = glob.charAt(next++);
        if (c == '/') {
            throw error("'/' cannot be in '[]'");
        }
        return c;
    }

    private void bracketPart(char from) {
        bracketLiteral(from);
        if (next + 1 < glob.length() && glob.charAt(next) == '-' && glob.charAt(next + 1) != ']') {
            next++;
            char to = inBracket();
            if (to < from) {
                throw error("the range %c-%c is empty".formatted(from, to));
            }
            regex.append('-');
            bracketLiteral(to);
        }
    }

    private void bracketLiteral(char c) {
        if ("\\[]^-&~".indexOf(c) >= 0) {
            regex.append('\\');
        }
        regex.append(c);
    }

    private PatternSyntaxException error(String description) {
        return new PatternSyntaxException(description, glob, next);
    }
}
