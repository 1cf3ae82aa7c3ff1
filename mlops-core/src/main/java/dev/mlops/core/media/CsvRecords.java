package dev.mlops.core.media;

import dev.mlops.api.dataset.ColumnType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Goes over the records of a CSV that is in memory (RFC 4180, with any delimiter and line end); blank lines are none. */
final class CsvRecords {
    private final byte[] bytes;
    private final int to;
    private final byte delimiter;
    private final int[] starts = new int[ColumnGuess.MAX_COLUMNS];
    private final int[] ends = new int[ColumnGuess.MAX_COLUMNS];
    private int at;
    private int fields;

    CsvRecords(byte[] bytes, int from, int to, byte delimiter) {
        this.bytes = bytes;
        this.at = from;
        this.to = to;
        this.delimiter = delimiter;
    }

    /** Goes to the next record; false at the end. */
    boolean next() {
        while (at < to && (bytes[at] == '\n' || (bytes[at] == '\r' && (at + 1 == to || bytes[at + 1] == '\n')))) {
            at++;
        }
        if (at >= to) {
            return false;
        }
        fields = 0;
        while (field()) {}
        return true;
    }

    /** Takes a field; true if another one follows in the record. */
    private boolean field() {
        int start = at;
        int end;
        if (at < to && bytes[at] == '"') {
            start++;
            end = closingQuote(start);
            at = Math.min(to, end + 1);
            skipToMark();
        } else {
            skipToMark();
            end = at < to && bytes[at] == '\n' && at > start && bytes[at - 1] == '\r' ? at - 1 : at;
        }
        if (fields < starts.length) {
            starts[fields] = start;
            ends[fields] = end;
        }
        fields++;
        boolean isMore = at < to && bytes[at] == delimiter;
        at++;
        return isMore;
    }

    private int closingQuote(int from) {
        int i = from;
        while (i < to) {
            if (bytes[i] == '"') {
                if (i + 1 == to || bytes[i + 1] != '"') {
                    return i;
                }
                i++;
            }
            i++;
        }
        return to;
    }

    private void skipToMark() {
        while (at < to && bytes[at] != delimiter && bytes[at] != '\n') {
            at++;
        }
    }

    /** How many fields the record has. */
    int fields() {
        return fields;
    }

    /** How many of them can be looked at. */
    int seen() {
        return Math.min(fields, starts.length);
    }

    /** The type of a value; null if it stands for nothing. */
    @Nullable
    ColumnType type(int field) {
        return ValueTypes.of(bytes, starts[field], ends[field]);
    }

    /** A value as text, cut where it is long. */
    String text(int field) {
        int length = Math.min(ends[field] - starts[field], 8 * ColumnGuess.MAX_NAME);
        String text = new String(bytes, starts[field], length, StandardCharsets.UTF_8);
        return text.replace("\"\"", "\"").strip();
    }
}
