package dev.mlops.examples;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Tensor;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Inference in this process: typed inputs, checked against the model's signature before native code sees them. */
public final class RunOnnx {
    private RunOnnx() {}

    /** Runs it. */
    public static void main(String[] args) {
        Programs.run(RunOnnx::run);
    }

    static Outcome run(PrintStream out) {
        try (OnnxModel model = OnnxModel.load("tiny", TinyModel.bytes(0.5f), OnnxOptions.DEFAULT)) {
            out.println(model);
            Tensor rows = Tensor.floats(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            float[] y = model.run(Map.of("x", rows, "factor", Tensor.floats(new float[] {10})))
                    .floats("y");
            List<String> values = IntStream.range(0, y.length)
                    .mapToObj(i -> Float.toString(y[i]))
                    .toList();
            out.println("y = " + values);

            Tensor ten = Tensor.floats(new float[] {10});
            List<String> refusals = new ArrayList<>();
            refusals.add(refusal(model, Map.of("x", rows)));
            refusals.add(refusal(model, Map.of("x", rows, "factor", ten, "faktor", ten)));
            refusals.add(refusal(model, Map.of("x", Tensor.floats(new float[8], 2, 4), "factor", ten)));
            refusals.add(refusal(model, Map.of("x", Tensor.doubles(new double[6], 2, 3), "factor", ten)));
            refusals.forEach(message -> out.println("refused: " + message));
            return new Outcome(values, refusals);
        }
    }

    private static String refusal(OnnxModel model, Map<String, Tensor> inputs) {
        try {
            return model.run(inputs).toString();
        } catch (InvalidInputException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** What the model gave, and what was said of a missing input, an unknown one, a wrong shape and a wrong type. */
    record Outcome(List<String> y, List<String> refusals) {}
}
