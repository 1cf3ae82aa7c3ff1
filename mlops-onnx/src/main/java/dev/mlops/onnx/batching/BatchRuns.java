package dev.mlops.onnx.batching;

import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bound runs over one memory for all numbers of rows up to a maximum. Confined to one thread at a time. */
final class BatchRuns implements AutoCloseable {
    private final BoundRun largest;
    private final @Nullable BoundRun[] byRows;

    /**
     * Prepares runs.
     *
     * @param rowShapes the shape of one row of each input, with the 1 of the batch dimension
     */
    BatchRuns(OnnxModel model, Map<String, long[]> rowShapes, int most) {
        Map<String, long[]> shapes = new HashMap<>();
        rowShapes.forEach((name, row) -> {
            long[] shape = row.clone();
            shape[0] = most;
            shapes.put(name, shape);
        });
        this.largest = model.bind(shapes);
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
