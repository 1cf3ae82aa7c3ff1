package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Arrays;

/** Rows of a model from floats to floats, in turn, and what it gives for each. Immutable. */
final class Rows {
    private static final int COUNT = 64;
    /** Sums of a batch may be made in another order. */
    private static final float TOLERANCE = 1e-5f;

    private final NamedArray[][] rows = new NamedArray[COUNT][];
    private final float[][] expected = new float[COUNT][];

    /** Rows whose outputs a session of ONNX Runtime's own binding gives. */
    Rows(BenchmarkModel model, OrtSession session) throws OrtException {
        DocumentationStyle reference = new DocumentationStyle(session, model);
        for (int i = 0; i < COUNT; i++) {
            rows[i] = model.feeds(i);
            expected[i] = (float[]) reference.run(rows[i])[0];
        }
    }

    /** The row of a request. */
    NamedArray[] at(int request) {
        return rows[request & (COUNT - 1)];
    }

    /** The row of a request. */
    float[] floats(int request) {
        return (float[]) at(request)[0].array();
    }

    /** Throws unless this is what the model gives for the row of a request. */
    void check(int request, float[] given) {
        float[] wanted = expected[request & (COUNT - 1)];
        for (int k = 0; k < wanted.length; k++) {
            // The negation refuses NaN too.
            if (given.length != wanted.length || !(Math.abs(given[k] - wanted[k]) <= TOLERANCE)) {
                throw new IllegalStateException(
                        "%s instead of %s".formatted(Arrays.toString(given), Arrays.toString(wanted)));
            }
        }
    }

    /** Throws unless a peer gives for each row what the model does. */
    void check(Peer peer) throws Exception {
        for (int i = 0; i < COUNT; i++) {
            check(i, (float[]) peer.run(at(i))[0]);
        }
    }
}
