package dev.mlops.examples.quickstart;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints chapters, paragraphs and figures, the same in every locale. Not thread-safe. */
public final class Story {
    private static final int WIDTH = 100;
    private static final String INDENT = "   ";
    private static final String BARS = "▁▂▃▄▅▆▇█";

    private final PrintStream out;
    private int chapter;

    /** Prints to a stream, which should write UTF-8. */
    public Story(PrintStream out) {
        this.out = out;
    }

    /** A line at the margin. */
    void title(String text) {
        out.println();
        out.println(text);
    }

    /** Begins the next chapter. */
    void chapter(String name) {
        out.println();
        out.println(++chapter + "  " + name);
    }

    /** A paragraph, broken into lines. */
    void say(String format, @Nullable Object... arguments) {
        StringBuilder line = new StringBuilder();
        for (String word : format(format, arguments).split(" ", -1)) {
            if (!line.isEmpty() && line.length() + word.length() >= WIDTH - INDENT.length()) {
                out.println(INDENT + line);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        out.println(INDENT + line);
    }

    /** One line as it is, such as a row of a table. */
    void row(String format, @Nullable Object... arguments) {
        out.println((INDENT + format(format, arguments)).stripTrailing());
    }

    /** Lines as they are. */
    void block(String text) {
        text.lines().forEach(line -> row("%s", line));
    }

    /** An empty line. */
    void pause() {
        out.println();
    }

    /** Values from {@code low} to {@code high} as bars. */
    static String bars(List<Double> values, double low, double high) {
        StringBuilder bars = new StringBuilder();
        for (double value : values) {
            double share = Math.min(1, Math.max(0, (value - low) / (high - low)));
            bars.append(BARS.charAt((int) Math.round(share * (BARS.length() - 1))));
        }
        return bars.toString();
    }

    /** Such as {@code 0.4 s}. */
    static String seconds(Duration duration) {
        return format("%.1f s", duration.toMillis() / 1000.0);
    }

    private static String format(String format, @Nullable Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
