package dev.mlops.benchmarks.onnx;

import ai.djl.ModelException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One inference of one row: from a {@code float[]} to a {@code float[]}, copies included, on one thread of ONNX Runtime.
 * Each way gives the same floats, which is checked before anything is timed. Each runs in a fork of its own: DJL insists
 * on making ONNX Runtime's environment itself.
 */
@NullUnmarked // JMH sets the fields
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CallOverheadBenchmark {
    /** A row, and room for what the model gives for it. */
    @State(Scope.Thread)
    public static class Row {
        /** See {@link BenchmarkModel#named}. */
        @Param({"relu4", "relu4096", "mlp-32-64-10", "mlp-256-1024-16", "convnet", "encoder"})
        public String model;

        BenchmarkModel chosen;
        float[] row;
        float[] output;

        /** Makes the model. */
        @Setup
        public void make() {
            chosen = BenchmarkModel.named(model);
            row = chosen.row(7);
            output = new float[chosen.outputs()];
        }
    }

    /** ONNX Runtime's own Java binding. */
    @State(Scope.Thread)
    public static class Binding {
        OrtEnvironment environment;
        OrtSession session;
        OnnxTensor input;
        OnnxTensor pin;
        FloatBuffer heap;
        FloatBuffer inputFloats;
        FloatBuffer outputFloats;
        Map<String, OnnxTensor> feeds;
        Map<String, OnnxTensor> pins;
        long[] shape;

        /** Loads the model. */
        @Setup
        public void load(Row row) throws OrtException {
            environment = OrtEnvironment.getEnvironment();
            session = session(environment, row.chosen);
            shape = new long[] {1, row.row.length};
            heap = FloatBuffer.wrap(row.row);
            inputFloats = direct(row.row.length);
            outputFloats = direct(row.output.length);
            input = OnnxTensor.createTensor(environment, inputFloats, shape);
            pin = OnnxTensor.createTensor(environment, outputFloats, new long[] {1, row.output.length});
            feeds = Map.of("x", input);
            pins = Map.of("y", pin);
        }

        private static FloatBuffer direct(int floats) {
            return ByteBuffer.allocateDirect(floats * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
        }

        /** Frees the native memory. */
        @TearDown
        public void close() throws OrtException {
            input.close();
            pin.close();
            session.close();
        }
    }

    /** Ours. */
    @State(Scope.Thread)
    public static class Ours {
        OnnxModel model;
        BoundRun run;
        FloatBuffer input;
        FloatBuffer output;

        /** Loads the model. */
        @Setup
        public void load(Row row) throws OrtException {
            model = OnnxModel.load(
                    row.model,
                    row.chosen.bytes(),
                    OnnxOptions.builder().intraOpThreads(1).build());
            run = model.bind(1, row.row.length);
            input = run.input("x").floats();
            output = run.output("y").floats();
            CallOverheadBenchmark benchmark = new CallOverheadBenchmark();
            requireEqual(row, benchmark.bound(row, this));
            requireEqual(row, benchmark.plain(row, this));
        }

        /** Frees the native memory. */
        @TearDown
        public void close() {
            run.close();
            model.close();
        }
    }

    /** The native call. */
    @State(Scope.Thread)
    public static class Bare {
        OrtSession session;
        Floor floor;

        /** Loads the model. */
        @Setup
        public void load(Row row) throws OrtException {
            session = session(OrtEnvironment.getEnvironment(), row.chosen);
            floor = Floor.of(session, row.row.length, row.output.length);
            floor.run(row.row, row.output);
            requireEqual(row, row.output);
        }

        /** Frees the native memory. */
        @TearDown
        public void close() throws OrtException {
            floor.close();
            session.close();
        }
    }

    /** Deep Java Library. */
    @State(Scope.Thread)
    public static class Djl {
        Path folder;
        ZooModel<NDList, NDList> model;
        Predictor<NDList, NDList> predictor;
        NDManager manager;
        Shape shape;

        /** Loads the model. */
        @Setup
        public void load(Row row) throws IOException, ModelException, TranslateException, OrtException {
            folder = Files.createTempDirectory("djl-benchmark");
            Files.write(folder.resolve("benchmark.onnx"), row.chosen.bytes());
            model = Criteria.builder()
                    .setTypes(NDList.class, NDList.class)
                    .optModelPath(folder.resolve("benchmark.onnx"))
                    .optEngine("OnnxRuntime")
                    .optTranslator(new NoopTranslator())
                    .optOption("intraOpNumThreads", "1")
                    .build()
                    .loadModel();
            predictor = model.newPredictor();
            manager = model.getNDManager();
            shape = new Shape(1, row.row.length);
            requireEqual(row, new CallOverheadBenchmark().djl(row, this));
        }

        /** Frees the native memory. */
        @TearDown
        public void close() throws IOException {
            predictor.close();
            model.close();
            Files.delete(folder.resolve("benchmark.onnx"));
            Files.delete(folder);
        }
    }

    private static OrtSession session(OrtEnvironment environment, BenchmarkModel chosen) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            return environment.createSession(chosen.bytes(), options);
        }
    }

    private static void requireEqual(Row row, float[] given) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = session(environment, row.chosen);
                OnnxTensor tensor = OnnxTensor.createTensor(environment, new float[][] {row.row});
                OrtSession.Result result = session.run(Map.of("x", tensor))) {
            float[] expected = ((float[][]) result.get(0).getValue())[0];
            if (!Arrays.equals(expected, given)) {
                throw new IllegalStateException(
                        "%s instead of %s".formatted(Arrays.toString(given), Arrays.toString(expected)));
            }
        }
    }

    /** As the documentation of ONNX Runtime shows it: nested arrays in, {@code getValue} out. */
    @Benchmark
    public float[] documentationStyle(Row row, Binding binding) throws OrtException {
        try (OnnxTensor tensor = OnnxTensor.createTensor(binding.environment, new float[][] {row.row});
                OrtSession.Result result = binding.session.run(Map.of("x", tensor))) {
            return ((float[][]) result.get(0).getValue())[0];
        }
    }

    /** A heap buffer in, a buffer out. */
    @Benchmark
    public float[] heapBuffer(Row row, Binding binding) throws OrtException {
        try (OnnxTensor tensor = OnnxTensor.createTensor(binding.environment, binding.heap, binding.shape);
                OrtSession.Result result = binding.session.run(Map.of("x", tensor))) {
            return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
        }
    }

    /** A direct buffer in that is made once, a buffer out. */
    @Benchmark
    public float[] reusedDirect(Row row, Binding binding) throws OrtException {
        binding.inputFloats.put(0, row.row);
        try (OrtSession.Result result = binding.session.run(binding.feeds)) {
            return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
        }
    }

    /** The least that the public API of ONNX Runtime allows: input and output memory made once. */
    @Benchmark
    public float[] pinned(Row row, Binding binding) throws OrtException {
        binding.inputFloats.put(0, row.row);
        binding.session.run(binding.feeds, Set.of(), binding.pins).close();
        binding.outputFloats.get(0, row.output);
        return row.output;
    }

    /** Deep Java Library, which sits on the same binding. */
    @Benchmark
    public float[] djl(Row row, Djl djl) throws TranslateException {
        try (NDManager manager = djl.manager.newSubManager()) {
            NDList result = djl.predictor.predict(new NDList(manager.create(row.row, djl.shape)));
            float[] given = result.get(0).toFloatArray();
            result.close();
            return given;
        }
    }

    /** Our bound run. */
    @Benchmark
    public float[] bound(Row row, Ours ours) {
        ours.input.put(0, row.row);
        ours.run.run();
        ours.output.get(0, row.output);
        return row.output;
    }

    /** Our plain call, which any thread may make at any time. */
    @Benchmark
    public float[] plain(Row row, Ours ours) {
        return ours.model.run(Tensor.floats(row.row, 1, row.row.length)).floats("y");
    }

    /** A native call without a check of anything; needs Java 22. */
    @Benchmark
    public float[] floor(Row row, Bare bare) {
        bare.floor.run(row.row, row.output);
        return row.output;
    }
}
