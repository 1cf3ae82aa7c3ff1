package dev.mlops.examples.digits;

import dev.mlops.api.model.Signature;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Tensor;
import java.nio.file.Path;
import java.util.List;

/** Reads digits with an ONNX model, in this process. Thread-safe. */
public final class DigitReader implements AutoCloseable {
    private final OnnxModel model;
    private final String labels;
    private final String output;

    private DigitReader(OnnxModel model, String labels) {
        this.model = model;
        this.labels = labels;
        this.output = model.signature().outputs().get(0).name();
    }

    /** Loads a model that {@link DigitModel#onnx()} wrote. */
    public static DigitReader load(Path file) {
        OnnxModel model = OnnxModel.load(file);
        return new DigitReader(model, labels(model.signature()));
    }

    /** The labels of the scores that a model gives, as its metadata says. */
    static String labels(Signature signature) {
        String labels = signature.metadata().get(DigitModel.LABELS);
        if (labels == null) {
            throw new IllegalArgumentException("the model does not say which label each score is for");
        }
        return labels;
    }

    /** Reads one digit. */
    public Reading read(Digit digit) {
        Tensor pixels = Tensor.floats(digit.features(), 1, Digit.SIDE * Digit.SIDE);
        return Reading.of(labels, model.run(pixels).floats(output));
    }

    /** The share of digits that it reads rightly. */
    public double accuracy(List<Digit> digits) {
        long right = digits.stream()
                .filter(digit -> read(digit).digit() == digit.label())
                .count();
        return right / (double) digits.size();
    }

    @Override
    public void close() {
        model.close();
    }
}
