package dev.mlops.onnx.routing;

import dev.mlops.api.error.ConflictException;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.model.OnnxModel;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes sure that a model can serve before it does. Immutable. */
final class Candidates {
    /** How each model batches its calls; null if it does not. */
    private final @Nullable BatchOptions batchOptions;

    Candidates(@Nullable BatchOptions batchOptions) {
        this.batchOptions = batchOptions;
    }

    boolean areBatching() {
        return batchOptions != null;
    }

    /**
     * Loads a model that may take the place of those that serve, and closes it if it may not.
     *
     * @throws ConflictException with the reasons why it may not
     */
    OnnxModel load(Supplier<OnnxModel> loading, Serving serving, int... warmUpRows) {
        OnnxModel next = loading.get();
        Shadow shadow = serving.shadow();
        if (serving.route().of(next) != null
                || (shadow != null && shadow.model().equals(next))) {
            throw new ConflictException(next.name() + " is in use already; load it again");
        }
        try {
            prepare(next, serving.route(), warmUpRows);
            return next;
        } catch (RuntimeException | Error e) {
            next.close();
            throw e;
        }
    }

    /** Loads as {@link #load} a model that gets a share of the calls. */
    Arm arm(Supplier<OnnxModel> loading, Serving serving, int percent, int... warmUpRows) {
        OnnxModel next = load(loading, serving, warmUpRows);
        try {
            return arm(next, percent);
        } catch (RuntimeException | Error e) {
            next.close();
            throw e;
        }
    }

    /** Checks that a model may take the place of those that serve, and warms it up. */
    void prepare(OnnxModel next, Route serving, int... warmUpRows) {
        if (!next.isOpen()) {
            throw new ConflictException(next.name() + " cannot serve: it is closed");
        }
        for (OnnxModel before : serving.models()) {
            List<String> reasons = next.signature().incompatibilitiesWith(before.signature());
            if (!reasons.isEmpty()) {
                throw new ConflictException("%s cannot serve in the place of %s: %s"
                        .formatted(next.name(), before.name(), String.join(", ", reasons)));
            }
        }
        new WarmUp(next, batchOptions == null ? Map.of() : batchOptions.rowShapes()).run(rows(warmUpRows));
    }

    /** Where calls are batched and nothing is said, the sizes that batches are preferred to have. */
    private int[] rows(int... warmUpRows) {
        return warmUpRows.length > 0 || batchOptions == null
                ? warmUpRows
                : batchOptions.preferredBatchSizes().stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
    }

    /** A model that gets a share of the calls, and batches them if they are batched here. */
    Arm arm(OnnxModel model, int percent) {
        return Arm.of(model, batchOptions, percent);
    }
}
