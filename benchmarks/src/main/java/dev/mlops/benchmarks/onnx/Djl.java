package dev.mlops.benchmarks.onnx;

import ai.djl.ModelException;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Deep Java Library, which sits on ONNX Runtime's own binding. */
final class Djl implements Peer {
    private final Path folder;
    private final Path file;
    private final ZooModel<NDList, NDList> model;
    private final Predictor<NDList, NDList> predictor;
    private final NDManager manager;
    private final Object[] given;

    Djl(BenchmarkModel chosen) throws IOException, ModelException {
        folder = Files.createTempDirectory("djl-benchmark");
        file = Files.write(folder.resolve("benchmark.onnx"), chosen.bytes());
        model = Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(file)
                .optEngine("OnnxRuntime")
                .optTranslator(new NoopTranslator())
                .optOption("intraOpNumThreads", "1")
                .build()
                .loadModel();
        predictor = model.newPredictor();
        manager = model.getNDManager();
        given = NamedArray.arrays(chosen.room());
    }

    /** Has DJL make ONNX Runtime's environment, which it insists on; for before anybody else does. */
    static void makeEnvironment() {
        Engine.getEngine("OnnxRuntime");
    }

    @Override
    public Object[] run(NamedArray[] inputs) throws TranslateException {
        try (NDManager scope = manager.newSubManager()) {
            NDList feeds = new NDList(inputs.length);
            for (NamedArray input : inputs) {
                feeds.add(array(scope, input));
            }
            try (NDList result = predictor.predict(feeds)) {
                for (int i = 0; i < given.length; i++) {
                    given[i] = elements(result.get(i));
                }
            }
        }
        return given;
    }

    private static NDArray array(NDManager scope, NamedArray input) {
        Shape shape = new Shape(1, input.length());
        if (input.array() instanceof float[] floats) {
            return scope.create(floats, shape);
        }
        return input.array() instanceof long[] longs
                ? scope.create(longs, shape)
                : scope.create((String[]) input.array(), StandardCharsets.UTF_8, shape);
    }

    private static Object elements(NDArray array) {
        return switch (array.getDataType()) {
            case FLOAT32 -> array.toFloatArray();
            case INT64 -> array.toLongArray();
            case STRING -> array.toStringArray(StandardCharsets.UTF_8);
            default -> throw new IllegalArgumentException("no Java array for " + array.getDataType());
        };
    }

    @Override
    public void close() throws IOException {
        predictor.close();
        model.close();
        Files.delete(file);
        Files.delete(folder);
    }
}
