package dev.mlops.onnx.model;

import java.util.List;
import java.util.Map;

/** What a model takes for one input or gives for one output. Immutable. */
public sealed interface Value permits Tensor, Value.Sequence, Value.Mapping, Value.Absent {
    /**
     * A list of values of one kind.
     *
     * @param values the values, in the model's order
     */
    record Sequence(List<Value> values) implements Value {
        /** Copies the list. */
        public Sequence {
            values = List.copyOf(values);
        }
    }

    /**
     * A map, such as the probabilities by label that a ZipMap node gives.
     *
     * @param entries the entries; each key is a Long or a String, each value a Float, Double, Long or String
     */
    record Mapping(Map<Object, Object> entries) implements Value {
        /** Copies the entries. */
        public Mapping {
            entries = Map.copyOf(entries);
        }
    }

    /** The value of an optional input or output that has none. */
    record Absent() implements Value {}
}
