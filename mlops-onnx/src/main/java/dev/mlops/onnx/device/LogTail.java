package dev.mlops.onnx.device;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines that an instance printed. Thread-safe. */
final class LogTail {
    private static final int MOST_LINES = 1_000;
    private static final int LONGEST_LINE = 2_000;

    private final Deque<String> lines = new ArrayDeque<>();

    synchronized void add(String line) {
        if (lines.size() == MOST_LINES) {
            lines.removeFirst();
        }
        String flat = line.replace('\n', ' ').replace('\r', ' ');
        lines.addLast(flat.length() > LONGEST_LINE ? flat.substring(0, LONGEST_LINE) + "…" : flat);
    }

    synchronized List<String> last(int count) {
        return lines.stream()
                .skip(Math.max(0, lines.size() - Math.max(0, count)))
                .toList();
    }
}
