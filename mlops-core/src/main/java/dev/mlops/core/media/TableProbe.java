package dev.mlops.core.media;

import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.dataset.TableColumn;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts the rows of a text table over the whole file and looks at the columns of its first rows. */
abstract class TableProbe implements Probe {
    /** How many rows tell the columns. */
    static final int SAMPLE_ROWS = 1000;

    /** How many bytes the first rows may take. */
    static final int SAMPLE = 256 * 1024;

    private byte[] sample = {};
    private int length;
    private boolean isBegun;
    private @Nullable RowCounter counter;
    private Columns columns = Columns.NONE;

    /**
     * What the first rows show.
     *
     * @param list the columns, at most {@link ColumnGuess#MAX_COLUMNS}
     * @param count how many there are
     * @param headerRows how many rows are no data
     */
    record Columns(List<TableColumn> list, int count, int headerRows) {
        static final Columns NONE = new Columns(List.of(), 0, 0);
    }

    /** The counter of the rows, after a look at the first of them. */
    abstract RowCounter counter(byte[] bytes, int from, int to);

    /** What the first rows show; the last of them ends at {@code to}. */
    abstract Columns columns(byte[] bytes, int from, int to);

    @Override
    public final void update(byte[] bytes, int offset, int count) {
        int n = isBegun ? 0 : Math.min(count, SAMPLE - length);
        if (n > 0) {
            if (length + n > sample.length) {
                sample = Arrays.copyOf(sample, Math.min(SAMPLE, Math.max(length + n, 2 * sample.length)));
            }
            System.arraycopy(bytes, offset, sample, length, n);
            length += n;
            if (length == SAMPLE) {
                begin(lastLineEnd());
            }
        }
        if (counter != null) {
            counter.update(bytes, offset + n, count - n);
        }
    }

    private int lastLineEnd() {
        int end = length;
        while (end > 0 && sample[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private void begin(int rowsEnd) {
        isBegun = true;
        int from =
                length >= 3 && sample[0] == (byte) 0xef && sample[1] == (byte) 0xbb && sample[2] == (byte) 0xbf ? 3 : 0;
        if (isText()) {
            counter = counter(sample, from, rowsEnd);
            counter.update(sample, from, length - from);
            columns = columns(sample, from, rowsEnd);
        }
        sample = new byte[0];
    }

    /** Not so UTF-16, and what is no table at all. */
    private boolean isText() {
        for (int i = 0; i < length; i++) {
            if (sample[i] == 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public final Inspection finish(String mediaType) {
        if (!isBegun) {
            begin(length);
        }
        if (counter == null) {
            return NOTHING.finish(mediaType);
        }
        long rows = Math.max(0, counter.finish() - columns.headerRows());
        return new Inspection(mediaType, new MediaFacts(null, null, null, rows), columns.list(), columns.count());
    }
}
