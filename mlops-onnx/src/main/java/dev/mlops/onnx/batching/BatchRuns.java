package dev.mlops.onnx.batching;

import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import org.jspecify.annotations.Nullable;

/** Bound runs over one memory for all numbers of rows up to a maximum. Confined to one thread at a time. */
final class BatchRuns implements AutoCloseable {
    private final BoundRun largest;
    private final @Nullable BoundRun[] byRows;

    /** Prepares runs of up to so many rows. */
    BatchRuns(OnnxModel model, RowShapes rowShapes, int most) {
        this.largest = model.bind(rowShapes.of(most));
        this.byRows = new BoundRun[most + 1];
        byRows[most] = largest;
    }

    /** The run of so many rows. */
    BoundRun of(int rows) {
        BoundRun run = byRows[rows];
        if (run == null) {
            run = largest.withRows(rows);
            byRows[rows] = run;
        }
        return run;
    }

    @Override
    public void close() {
        for (BoundRun run : byRows) {
            if (run != null) {
                run.close();
            }
        }
    }
}
