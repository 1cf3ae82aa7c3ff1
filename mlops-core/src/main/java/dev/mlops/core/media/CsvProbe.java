package dev.mlops.core.media;

import dev.mlops.api.dataset.ColumnType;
import dev.mlops.api.dataset.TableColumn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rows and columns of a CSV. The delimiter is the comma, semicolon or tab with which most of the first rows have as many
 * fields as the first. The first row is a header if it has distinct names and no values of another type than text.
 */
final class CsvProbe extends TableProbe {
    private static final byte[] DELIMITERS = {',', ';', '\t'};
    private static final int GUESS_ROWS = 20;

    private byte delimiter = ',';

    @Override
    RowCounter counter(byte[] bytes, int from, int to) {
        long best = 0;
        for (byte candidate : DELIMITERS) {
            long score = score(new CsvRecords(bytes, from, to, candidate));
            if (score > best) {
                best = score;
                delimiter = candidate;
            }
        }
        return RowCounter.ofCsv(delimiter);
    }

    /** How many rows are like the first, then how many fields that has; nothing for a single field. */
    private static long score(CsvRecords records) {
        if (!records.next() || records.fields() < 2) {
            return 0;
        }
        int fields = records.fields();
        long alike = 1;
        for (int i = 1; i < GUESS_ROWS && records.next(); i++) {
            alike += records.fields() == fields ? 1 : 0;
        }
        return (alike << 32) + fields;
    }

    @Override
    Columns columns(byte[] bytes, int from, int to) {
        CsvRecords records = new CsvRecords(bytes, from, to, delimiter);
        if (!records.next()) {
            return Columns.NONE;
        }
        int count = records.fields();
        boolean isHeader = isHeader(records);
        List<String> names = names(records, isHeader);
        List<ColumnGuess> guesses = new ArrayList<>();
        names.forEach(name -> guesses.add(new ColumnGuess()));
        long rows = 0;
        boolean isRow = !isHeader || records.next();
        while (isRow && rows < SAMPLE_ROWS) {
            for (int i = 0; i < Math.min(guesses.size(), records.seen()); i++) {
                guesses.get(i).add(records.type(i));
            }
            rows++;
            isRow = records.next();
        }
        List<TableColumn> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            columns.add(guesses.get(i).column(names.get(i), rows));
        }
        return new Columns(columns, count, isHeader ? 1 : 0);
    }

    private static boolean isHeader(CsvRecords first) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < first.seen(); i++) {
            ColumnType type = first.type(i);
            boolean isName = type == ColumnType.TEXT && names.add(first.text(i));
            boolean isIndex = i == 0 && type == null;
            if (!isName && !isIndex) {
                return false;
            }
        }
        return !names.isEmpty();
    }

    private static List<String> names(CsvRecords first, boolean isHeader) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < first.seen(); i++) {
            String name = isHeader ? first.text(i) : "";
            names.add(name.isEmpty() ? "column" + (i + 1) : name);
        }
        return names;
    }
}
