package dev.mlops.onnx.batching;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.onnx.metrics.Failure;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Makes requests of what callers give, if it fits the model; counts what does not. Thread-safe. */
final class Requests {
    private final OnnxModel model;
    private final RowShapes rowShapes;
    private final BatchOptions options;
    private final BatchMeter meter;
    /** The floats of one row of the only input; 0 if there are other inputs or outputs than one of floats. */
    private final int rowLength;

    Requests(OnnxModel model, RowShapes rowShapes, BatchOptions options, BatchMeter meter) {
        this.model = model;
        this.rowShapes = rowShapes;
        this.options = options;
        this.meter = meter;
        this.rowLength = rowLength(model.signature(), rowShapes);
    }

    private static int rowLength(Signature signature, RowShapes rowShapes) {
        boolean isOfFloats = signature.inputs().size() == 1
                && signature.outputs().size() == 1
                && signature.inputs().get(0).elementType() == ElementType.FLOAT
                && signature.outputs().get(0).elementType() == ElementType.FLOAT;
        return isOfFloats ? rowShapes.length() : 0;
    }

    /** One or more rows of floats, which are not copied. */
    Request of(float[] rows, RequestOptions how, BiConsumer<float @Nullable [], @Nullable RuntimeException> receiver) {
        try {
            return new Request.OfFloats(rows, count(rows), level(how), patience(how), receiver);
        } catch (InvalidInputException e) {
            meter.refused(Failure.INVALID_INPUT);
            throw e;
        }
    }

    /** Tensors by name. */
    Request of(
            Map<String, Tensor> inputs,
            RequestOptions how,
            BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver) {
        // The caller may change its map, but not what was checked.
        Map<String, Tensor> kept = Map.copyOf(inputs);
        try {
            return new Request.OfTensors(kept, count(kept), level(how), patience(how), receiver);
        } catch (InvalidInputException e) {
            meter.refused(Failure.INVALID_INPUT);
            throw e;
        }
    }

    private int count(float[] rows) {
        if (rowLength == 0) {
            throw new InvalidInputException(
                    "rows", "floats", "do not fit: the model is " + model.signature() + "; give tensors by name");
        }
        if (rows.length == 0 || rows.length % rowLength != 0) {
            throw new InvalidInputException(
                    "rows", rows.length + " floats", "must be one row or more of " + rowLength + " floats");
        }
        return checked(rows.length / rowLength);
    }

    private int count(Map<String, Tensor> inputs) {
        model.check(inputs);
        return checked(rowShapes.count(inputs));
    }

    private int checked(long rows) {
        if (rows < 1 || rows > options.maxBatchSize()) {
            throw new InvalidInputException("rows", rows, "must be 1 to maxBatchSize, " + options.maxBatchSize());
        }
        return (int) rows;
    }

    private int level(RequestOptions how) {
        int levels = options.priorityLevels();
        if (how.priority() > levels) {
            throw new InvalidInputException("priority", how.priority(), "must be 1 to priorityLevels, " + levels);
        }
        return (how.priority() == 0 ? levels : how.priority()) - 1;
    }

    private static long patience(RequestOptions how) {
        Duration deadline = how.deadline();
        return deadline == null ? Long.MAX_VALUE : deadline.toNanos();
    }
}
