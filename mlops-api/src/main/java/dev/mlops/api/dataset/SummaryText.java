package dev.mlops.api.dataset;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** The text of a {@link DatasetSummary}. */
final class SummaryText {
    private static final int COLUMNS = 8;

    private SummaryText() {}

    static String of(DatasetSummary summary) {
        StringBuilder text = new StringBuilder();
        text.append(count(summary.files(), "file")).append(", ").append(count(summary.bytes(), "byte"));
        if (summary.emptyFolders() > 0) {
            text.append(", ").append(count(summary.emptyFolders(), "empty folder"));
        }
        if (summary.links() > 0) {
            text.append(", ").append(count(summary.links(), "link"));
        }
        types(summary, text);
        if (summary.images() != null) {
            text.append("\n  ").append(images(summary.images()));
        }
        if (summary.recordings() != null) {
            DatasetSummary.Recordings recordings = summary.recordings();
            text.append("\n  ")
                    .append(count(recordings.files(), "recording"))
                    .append(", ")
                    .append(duration(recordings.duration()));
        }
        for (DatasetSummary.Table table : summary.tables()) {
            text.append("\n  ").append(table(table));
        }
        return text.toString();
    }

    private static void types(DatasetSummary summary, StringBuilder text) {
        int width = summary.types().stream()
                .mapToInt(type -> type.mediaType().length())
                .max()
                .orElse(0);
        int digits = grouped(summary.files()).length();
        int byteDigits = grouped(summary.bytes()).length();
        for (DatasetSummary.TypeCount type : summary.types()) {
            text.append("\n  ")
                    .append(type.mediaType())
                    .append(" ".repeat(width - type.mediaType().length()));
            text.append("  ")
                    .append(right(grouped(type.files()), digits))
                    .append(type.files() == 1 ? " file " : " files");
            text.append("  ").append(right(grouped(type.bytes()), byteDigits)).append(" bytes");
        }
    }

    private static String images(DatasetSummary.Images images) {
        String text = images.smallest().equals(images.largest())
                ? "%s, all %s".formatted(count(images.files(), "picture"), images.largest())
                : "%s, %s to %s".formatted(count(images.files(), "picture"), images.smallest(), images.largest());
        if (images.common().size() < 2) {
            return text;
        }
        return text + "; most are "
                + images.common().stream()
                        .limit(3)
                        .map(size -> size.size() + " (" + grouped(size.files()) + ")")
                        .collect(Collectors.joining(", "));
    }

    private static String table(DatasetSummary.Table table) {
        String text = "%s: %s".formatted(table.path(), count(table.rows(), "row"));
        if (table.columns().isEmpty()) {
            return text;
        }
        String columns = table.columns().stream()
                .limit(COLUMNS)
                .map(TableColumn::toString)
                .collect(Collectors.joining(", "));
        int more = table.columnCount() - Math.min(COLUMNS, table.columns().size());
        return text + " of " + columns + (more > 0 ? " and %d more".formatted(more) : "");
    }

    private static String duration(Duration duration) {
        return String.format(
                Locale.ROOT,
                "%d:%02d:%02d.%03d",
                duration.toHours(),
                duration.toMinutesPart(),
                duration.toSecondsPart(),
                duration.toMillisPart());
    }

    private static String count(long number, String noun) {
        return grouped(number) + " " + noun + (number == 1 ? "" : "s");
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
