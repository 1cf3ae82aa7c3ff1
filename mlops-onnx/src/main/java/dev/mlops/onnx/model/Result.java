package dev.mlops.onnx.model;

import dev.mlops.api.error.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What one run gave: a value for each output that was asked for. Immutable, in Java memory; nothing to close. */
public final class Result {
    private final List<String> names;
    private final Value[] values;
    /** The labels of outputs whose ZipMap node was taken out, in whose places are matrices. */
    private final Map<String, List<Object>> labels;

    Result(List<String> names, Value[] values, Map<String, List<Object>> labels) {
        this.names = names;
        this.values = values;
        this.labels = labels;
    }

    /**
     * A result of one's own, such as a part of another or what a test expects.
     *
     * @param values the value of each name
     */
    public static Result of(List<String> names, List<? extends Value> values) {
        if (names.size() != values.size()) {
            throw new InvalidInputException("names", names, "must be as many as the values, " + values.size());
        }
        return new Result(List.copyOf(names), values.toArray(Value[]::new), Map.of());
    }

    /** The names of the outputs, in the model's order or that of the request. */
    public List<String> names() {
        return names;
    }

    /** The value of an output. */
    public Value value(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new InvalidInputException("output", name, "is not in the result; " + names + " are");
        }
        return labels.containsKey(name) ? matrix(name, index).zipped() : values[index];
    }

    private ClassScores matrix(String name, int index) {
        return ClassScores.of(name, Objects.requireNonNull(labels.get(name)), (Tensor) values[index]);
    }

    /** The tensor of an output. */
    public Tensor tensor(String name) {
        if (value(name) instanceof Tensor tensor) {
            return tensor;
        }
        throw otherKind(name, "tensor");
    }

    /** The tensor of the only output. */
    public Tensor tensor() {
        if (values.length != 1) {
            throw new InvalidInputException("output", names, "must be named, there is more than one");
        }
        return tensor(names.get(0));
    }

    /** {@link Tensor#floats()} of an output. */
    public float[] floats(String name) {
        return tensor(name).floats();
    }

    /** {@link Tensor#doubles()} of an output. */
    public double[] doubles(String name) {
        return tensor(name).doubles();
    }

    /** {@link Tensor#longs()} of an output. */
    public long[] longs(String name) {
        return tensor(name).longs();
    }

    /** {@link Tensor#ints()} of an output. */
    public int[] ints(String name) {
        return tensor(name).ints();
    }

    /** {@link Tensor#booleans()} of an output. */
    public boolean[] booleans(String name) {
        return tensor(name).booleans();
    }

    /** {@link Tensor#strings()} of an output. */
    public String[] strings(String name) {
        return tensor(name).strings();
    }

    /** The tensors of an output that is a sequence of tensors. */
    public List<Tensor> tensors(String name) {
        List<Tensor> tensors = new ArrayList<>();
        for (Value element : sequence(name)) {
            if (!(element instanceof Tensor tensor)) {
                throw otherKind(name, "sequence of tensors");
            }
            tensors.add(tensor);
        }
        return List.copyOf(tensors);
    }

    /**
     * The scores of classes of an output that a ZipMap node gave, as a matrix with labels; costs less than maps do.
     *
     * @throws InvalidInputException if the output is none of that kind
     */
    public ClassScores classScores(String name) {
        int index = names.indexOf(name);
        if (index >= 0 && labels.containsKey(name)) {
            return matrix(name, index);
        }
        List<Value.Mapping> rows = new ArrayList<>();
        for (Value element : value(name) instanceof Value.Mapping only ? List.of(only) : sequence(name)) {
            if (!(element instanceof Value.Mapping row)) {
                throw otherKind(name, "sequence of maps");
            }
            rows.add(row);
        }
        return ClassScores.of(name, rows);
    }

    /**
     * The scores by class label, a map for each row, of an output that a ZipMap node gave; labels that are numbers in
     * decimal digits.
     */
    public List<Map<String, Double>> scores(String name) {
        List<Map<String, Double>> rows = new ArrayList<>();
        for (Value element : value(name) instanceof Value.Mapping only ? List.of(only) : sequence(name)) {
            if (!(element instanceof Value.Mapping row)) {
                throw otherKind(name, "sequence of maps");
            }
            rows.add(row(name, row));
        }
        return List.copyOf(rows);
    }

    private Map<String, Double> row(String name, Value.Mapping mapping) {
        Map<String, Double> row = new LinkedHashMap<>();
        mapping.entries().forEach((label, score) -> {
            if (!(score instanceof Number number)) {
                throw otherKind(name, "map to numbers");
            }
            row.put(label.toString(), number.doubleValue());
        });
        return row;
    }

    private List<Value> sequence(String name) {
        if (value(name) instanceof Value.Sequence sequence) {
            return sequence.values();
        }
        throw otherKind(name, "sequence");
    }

    private InvalidInputException otherKind(String name, String wanted) {
        return new InvalidInputException("output", name, "is no " + wanted);
    }

    /** The names with their types, such as {@code {y=FLOAT[1,4]}}. */
    @Override
    public String toString() {
        Map<String, String> shown = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            Value value = labels.isEmpty() ? values[i] : value(names.get(i));
            shown.put(names.get(i), value instanceof Tensor tensor ? tensor.toString() : kind(value));
        }
        return shown.toString();
    }

    private static String kind(Value value) {
        if (value instanceof Value.Absent) {
            return "absent";
        }
        return value instanceof Value.Sequence sequence
                ? "sequence of " + sequence.values().size()
                : "map";
    }
}
