package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * Registers and runs a model of your own: {@code OwnModel --model your.onnx [--input name=1,2,3]… [directory]}.
 *
 * <p>An input that is not given is zeros; an open dimension is 1, or what the values that are given need. Everything is
 * kept in the directory, {@code mlops-data} by default, where each call makes a new version.
 */
public final class OwnModel {
    private static final String PROJECT = "own";
    private static final String ENDING = ".onnx";
    private static final int SHOWN = 8;

    private OwnModel() {}

    /** Runs it. */
    public static void main(String[] args) {
        Programs.run(out -> {
            Arguments arguments = Arguments.parse(args, "--model", "--input");
            String file = arguments
                    .option("--model")
                    .orElseThrow(() -> new InvalidInputException("option", "--model", "is needed, with an ONNX file"));
            Path directory = Path.of(arguments.first().orElse("mlops-data"));
            try (Mlops mlops = EmbeddedMlops.open(directory)) {
                run(mlops, Path.of(file), InputValues.parse(arguments.all("--input")), directory, out);
            }
        });
    }

    /**
     * Registers a model file and runs it once.
     *
     * @param inputs the values of inputs by name
     * @param directory where the version is downloaded to
     * @throws InvalidInputException if the file is no ONNX model, or an input does not fit; says what is wrong
     */
    static Outcome run(Mlops mlops, Path file, InputValues inputs, Path directory, PrintStream out) {
        ModelRegistry models = mlops.projects().openOrCreate(PROJECT).models();
        ModelVersion version = models.importVersion(modelName(file), ImportSource.file(file));
        out.printf(
                "%s is registered: %,d bytes, files %s%n",
                version, version.bytes(), version.digest().shortHex());
        out.println(version.signature());

        Path copy = models.download(
                version,
                directory.resolve("downloads").resolve(version.reference().replace(':', '-')));
        try (OnnxModel model = OnnxModel.load(copy)) {
            Map<String, Tensor> tensors = inputs.tensors(model.signature());
            tensors.forEach((name, tensor) -> out.println("in   " + name + ": " + TextTensors.text(tensor, SHOWN)));
            long begin = System.nanoTime();
            Result result = model.run(tensors);
            double millis = (System.nanoTime() - begin) / 1e6;
            for (String name : result.names()) {
                Value value = result.value(name);
                out.println("out  " + name + ": "
                        + (value instanceof Tensor tensor ? TextTensors.text(tensor, SHOWN) : value));
            }
            out.printf("in %.2f ms, the first run%n", millis);
            return new Outcome(version, tensors, result);
        }
    }

    /** The file's name without its ending, and with a dash for what no name may have. */
    private static String modelName(Path file) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(ENDING)) {
            throw new InvalidInputException("model file", file, "must end in " + ENDING);
        }
        String plain = name.substring(0, name.length() - ENDING.length()).replaceAll("[^A-Za-z0-9_-]+", "-");
        return plain.isEmpty() ? "model" : plain.substring(0, Math.min(64, plain.length()));
    }

    /** The version, what it was given and what it gave. */
    record Outcome(ModelVersion version, Map<String, Tensor> inputs, Result result) {}
}
