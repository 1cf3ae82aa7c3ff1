package dev.mlops.onnx.typed;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.pipeline.Inference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A model that takes records and gives records, whose components are the inputs and outputs of the same name, or that of
 * {@link TensorName}. Thread-safe; closes nothing.
 *
 * <p>A component is a number, {@code boolean} or {@code String}, or arrays and {@code List}s of them, as deep as you like.
 * One that is as deep as the tensor has dimensions is the whole tensor. One that is less deep is a row of it, the first
 * dimension being open or 1: nested, or with all elements one after another, such as a {@code float} for {@code [batch,1]}
 * and a {@code float[]} for {@code [batch,3,8,8]}.
 *
 * <p>Numbers are converted where nothing is lost, and between {@code double} and {@code float} by rounding; others are
 * refused when they come. Of each component the elements are copied twice on the way to the tensor and twice on the way back, an
 * array of the very type of the tensor as a block and others element by element, and a call makes a map and a few small
 * objects for each component. Where that counts, use {@link OnnxModel#bind}.
 *
 * <pre>{@code
 * record Flower(float[] petals, int height) {}
 * record Species(String label, List<Double> probabilities) {}
 *
 * TypedModel<Flower, Species> classifier = TypedModel.of(model, Flower.class, Species.class);
 * String label = classifier.run(new Flower(new float[] {1.4f, 0.2f}, 12)).label();
 * }</pre>
 *
 * @param <I> the record of the inputs
 * @param <O> the record of outputs, some or all
 */
public final class TypedModel<I extends Record, O extends Record> {
    private final Inference inference;
    private final Class<O> outputType;
    private final InputRecord input;
    private final OutputRecord output;

    private TypedModel(Inference inference, Class<O> outputType, InputRecord input, OutputRecord output) {
        this.inference = inference;
        this.outputType = outputType;
        this.input = input;
        this.output = output;
    }

    /**
     * A model that is called directly; only the outputs that there are components for are computed.
     *
     * @throws InvalidInputException if a component is no input or output of the model or does not fit it, or an input has
     *     no component; names both
     */
    public static <I extends Record, O extends Record> TypedModel<I, O> of(
            OnnxModel model, Class<I> inputType, Class<O> outputType) {
        OutputRecord output = new OutputRecord(outputType, model.signature());
        List<String> names = output.outputs().stream().distinct().toList();
        Inference inference = inputs -> model.run(inputs, names);
        return new TypedModel<>(inference, outputType, new InputRecord(inputType, model.signature()), output);
    }

    /**
     * A model that is called by an inference, such as one with batching; otherwise as {@link #of(OnnxModel, Class,
     * Class)}.
     *
     * @param signature what the inference takes and gives
     */
    public static <I extends Record, O extends Record> TypedModel<I, O> of(
            Inference inference, Signature signature, Class<I> inputType, Class<O> outputType) {
        return new TypedModel<>(
                inference, outputType, new InputRecord(inputType, signature), new OutputRecord(outputType, signature));
    }

    /**
     * Runs the model.
     *
     * @throws InvalidInputException if the values do not fit or the model fails on them, or a result does not fit in its
     *     component
     * @throws UnavailableException if the model is closed
     */
    public O run(I record) {
        return outputType.cast(
                output.records(inference.run(input.tensors(List.of(record))), 1).get(0));
    }

    /**
     * Runs the model on several records: in one run, as rows of the same tensors, if all inputs and all outputs that there
     * are components for have an open first dimension that their components lack; else one after another.
     *
     * @return the results in the same order
     */
    public List<O> run(List<I> records) {
        if (records.isEmpty()) {
            return List.of();
        }
        List<O> results = new ArrayList<>(records.size());
        if (input.isStackable() && output.isStackable()) {
            for (Object result : output.records(inference.run(input.tensors(records)), records.size())) {
                results.add(outputType.cast(result));
            }
        } else {
            records.forEach(each -> results.add(run(each)));
        }
        return List.copyOf(results);
    }

    /**
     * As {@link #run(Record)}, by {@link Inference#submit}, without waiting where that does not.
     *
     * @return fails with what {@link #run(Record)} throws, which this may also throw at once
     */
    public CompletableFuture<O> submit(I record) {
        return inference
                .submit(input.tensors(List.of(record)))
                .thenApply(result -> outputType.cast(output.records(result, 1).get(0)));
    }
}
