package dev.mlops.onnx.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks inputs against a signature, and derives from them what shapes the outputs have. Immutable. */
final class InputBinder {
    private final Signature signature;
    private final Map<String, ValueType> types;

    /** Which symbols there are, each with its place in an array of sizes. */
    private final Map<String, Integer> symbols = new HashMap<>();

    InputBinder(Signature signature, Map<String, ValueType> types) {
        this.signature = signature;
        this.types = types;
        for (ValueSpec input : signature.inputs()) {
            for (Dimension dimension : shape(input)) {
                if (dimension.symbol() != null) {
                    symbols.putIfAbsent(dimension.symbol(), symbols.size());
                }
            }
        }
    }

    /** The values in the order of the signature, all of the right name, type and shape. */
    Bound bind(Map<String, ? extends Value> given) {
        List<ValueSpec> specs = signature.inputs();
        Value[] values = new Value[specs.size()];
        long[] sizes = new long[symbols.size()];
        int absent = 0;
        for (int i = 0; i < values.length; i++) {
            ValueSpec spec = specs.get(i);
            Value value = given.get(spec.name());
            if (value == null && spec.kind() == ValueKind.OPTIONAL) {
                value = new Value.Absent();
                absent++;
            }
            if (value == null) {
                throw new InvalidInputException("inputs", given.keySet(), "lack '" + spec.name() + "'; " + taken());
            }
            check(spec, value, sizes);
            values[i] = value;
        }
        if (given.size() != values.length - absent) {
            throw unknown("inputs", given.keySet());
        }
        return new Bound(values, sizes);
    }

    /** The same for shapes alone, of tensors that are to be made, with the shapes of some outputs. */
    Shapes bindShapes(Map<String, long[]> given, List<ValueSpec> outputs) {
        List<ValueSpec> specs = signature.inputs();
        long[][] shapes = new long[specs.size()][];
        for (int i = 0; i < shapes.length; i++) {
            String name = specs.get(i).name();
            long[] shape = given.get(name);
            if (shape == null) {
                throw new InvalidInputException("shapes", given.keySet(), "lack '" + name + "'; " + taken());
            }
            shapes[i] = shape.clone();
        }
        if (given.size() != shapes.length) {
            throw unknown("shapes", given.keySet());
        }
        return new Shapes(this, shapes, outputs);
    }

    private InvalidInputException unknown(String field, Set<String> given) {
        List<String> unknown =
                given.stream().filter(name -> signature.input(name).isEmpty()).toList();
        return new InvalidInputException(field, given, "hold " + unknown + "; " + taken());
    }

    private String taken() {
        return "the model takes " + signature.inputs();
    }

    private void check(ValueSpec spec, Value value, long[] sizes) {
        String mismatch = Objects.requireNonNull(types.get(spec.name())).mismatch(value);
        if (mismatch != null) {
            throw wrong(spec, value, mismatch);
        }
        if (spec.kind() == ValueKind.TENSOR) {
            check(spec, ((Tensor) value).rawShape(), value, sizes);
        }
    }

    private void check(ValueSpec spec, long[] shape, Object given, long[] sizes) {
        List<Dimension> expected = spec.shape();
        if (expected == null) {
            return;
        }
        if (shape.length != expected.size()) {
            throw wrong(spec, given, "has " + shape.length + " dimensions");
        }
        for (int i = 0; i < shape.length; i++) {
            check(spec, given, i, shape[i], expected.get(i), sizes);
        }
    }

    private void check(ValueSpec spec, Object given, int index, long size, Dimension expected, long[] sizes) {
        if (!expected.isOpen() && expected.size() != size) {
            throw wrong(spec, given, "dimension " + index + " is " + size + ", not " + expected);
        }
        String symbol = expected.symbol();
        if (symbol != null) {
            // Kept one higher, so that 0 is free to mean: not seen yet.
            int place = Objects.requireNonNull(symbols.get(symbol));
            if (sizes[place] != 0 && sizes[place] != size + 1) {
                throw wrong(
                        spec,
                        given,
                        "dimension " + index + " is " + size + ", but " + symbol + " is " + (sizes[place] - 1)
                                + " elsewhere");
            }
            sizes[place] = size + 1;
        }
    }

    private static InvalidInputException wrong(ValueSpec spec, Object given, String what) {
        return new InvalidInputException("input '" + spec.name() + "'", given, "must fit '" + spec + "': " + what);
    }

    /** The shape that an output will have if the model keeps to its signature; null if that does not tell. */
    long @Nullable [] outputShape(ValueSpec output, Bound bound) {
        return outputShape(output, bound.sizes);
    }

    private long @Nullable [] outputShape(ValueSpec output, long[] sizes) {
        List<Dimension> dimensions = output.shape();
        if (output.kind() != ValueKind.TENSOR || dimensions == null) {
            return null;
        }
        long[] shape = new long[dimensions.size()];
        long count = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = size(dimensions.get(i), sizes);
            count = shape[i] <= 0 || shape[i] > Integer.MAX_VALUE || count > Integer.MAX_VALUE ? 0 : count * shape[i];
        }
        return Slot.holds(output.elementType(), count) ? shape : null;
    }

    private long size(Dimension dimension, long[] sizes) {
        if (!dimension.isOpen()) {
            return dimension.size();
        }
        Integer place = dimension.symbol() == null ? null : symbols.get(dimension.symbol());
        return place == null ? -1 : sizes[place] - 1;
    }

    /**
     * Makes the tensor of the only input from a flat array: fixed dimensions as they are, one open dimension as the
     * length asks.
     */
    Map<String, Tensor> single(float[] data) {
        ValueSpec spec = onlyInput();
        long[] shape = new long[shape(spec).size()];
        long rest = data.length;
        int open = -1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = shape(spec).get(i).size();
            if (shape[i] >= 0) {
                rest = shape[i] == 0 ? 0 : rest / shape[i];
            } else if (open < 0) {
                open = i;
            } else {
                throw new InvalidInputException(
                        "input '" + spec.name() + "'",
                        spec,
                        "has more than one open dimension; give a tensor with a shape");
            }
        }
        if (open >= 0) {
            shape[open] = rest;
        }
        if (Elements.count(shape) != data.length) {
            throw new InvalidInputException(
                    "input '" + spec.name() + "'", data.length + " floats", "do not fit '" + spec + "'");
        }
        return Map.of(spec.name(), Tensor.wrap(data, shape));
    }

    ValueSpec onlyInput() {
        if (signature.inputs().size() != 1) {
            throw new InvalidInputException("inputs", "one without a name", "does not say which; " + taken());
        }
        return signature.inputs().get(0);
    }

    private static List<Dimension> shape(ValueSpec spec) {
        List<Dimension> shape = spec.shape();
        return shape == null ? List.of() : shape;
    }

    /** Shapes of inputs that were checked, and what they tell of the outputs. */
    static final class Shapes {
        private final InputBinder binder;
        private final long[][] inputs;
        private final List<ValueSpec> outputSpecs;
        private final long[] @Nullable [] outputs;

        private Shapes(InputBinder binder, long[][] inputs, List<ValueSpec> outputSpecs) {
            this.binder = binder;
            this.inputs = inputs;
            this.outputSpecs = outputSpecs;
            long[] sizes = new long[binder.symbols.size()];
            for (int i = 0; i < inputs.length; i++) {
                Elements.count(inputs[i]);
                binder.check(inputSpecs().get(i), inputs[i], Arrays.toString(inputs[i]), sizes);
            }
            this.outputs = new long[outputSpecs.size()][];
            for (int i = 0; i < outputs.length; i++) {
                outputs[i] = binder.outputShape(outputSpecs.get(i), sizes);
            }
        }

        List<ValueSpec> inputSpecs() {
            return binder.signature.inputs();
        }

        long[][] inputs() {
            return inputs;
        }

        List<ValueSpec> outputSpecs() {
            return outputSpecs;
        }

        /** Null where the inputs do not tell the shape. */
        long[] @Nullable [] outputs() {
            return outputs;
        }

        /** The same with another first dimension of every input. */
        Shapes withRows(int rows) {
            long[][] fewer = new long[inputs.length][];
            for (int i = 0; i < fewer.length; i++) {
                fewer[i] = inputs[i].clone();
                if (rows < 1 || fewer[i].length == 0 || fewer[i][0] < rows) {
                    throw new InvalidInputException(
                            "rows",
                            rows,
                            "must be 1 to those of '" + inputSpecs().get(i) + "', " + Arrays.toString(inputs[i]));
                }
                fewer[i][0] = rows;
            }
            return new Shapes(binder, fewer, outputSpecs);
        }
    }

    /** Inputs that were checked. */
    static final class Bound {
        private final Value[] values;
        private final long[] sizes;

        private Bound(Value[] values, long[] sizes) {
            this.values = values;
            this.sizes = sizes;
        }

        Value[] values() {
            return values;
        }
    }
}
