package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
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
 * Each way gives the same floats, which is checked before anything is timed.
 */
@NullUnmarked // JMH sets the fields
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CallOverheadBenchmark {
    /** The model: {@code Relu} on four floats, or a multilayer perceptron of 32, 64 and 10 units. */
    @Param({"relu4", "mlp-32-64-10"})
    public String model;

    private float[] row;
    private int outputs;
    private OrtEnvironment environment;
    private OrtSession session;
    private OnnxTensor input;
    private OnnxTensor output;
    private FloatBuffer inputFloats;
    private FloatBuffer outputFloats;
    private Map<String, OnnxTensor> feeds;
    private Map<String, OnnxTensor> pins;
    private OnnxModel ours;

    /** Loads the model and compares what the ways give. */
    @Setup
    public void load() throws OrtException {
        BenchmarkModel chosen = BenchmarkModel.named(model);
        outputs = chosen.outputs();
        row = new float[chosen.inputs()];
        Random random = new Random(7);
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian();
        }
        environment = OrtEnvironment.getEnvironment();
        session = session(chosen);
        pin();
        ours = OnnxModel.load(
                model, chosen.bytes(), OnnxOptions.builder().intraOpThreads(1).build());
        requireEqual(pinned(), "pinned");
        requireEqual(plain(), "plain");
    }

    private OrtSession session(BenchmarkModel chosen) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            return environment.createSession(chosen.bytes(), options);
        }
    }

    private void pin() throws OrtException {
        inputFloats = direct(row.length);
        outputFloats = direct(outputs);
        input = OnnxTensor.createTensor(environment, inputFloats, new long[] {1, row.length});
        output = OnnxTensor.createTensor(environment, outputFloats, new long[] {1, outputs});
        feeds = Map.of("x", input);
        pins = Map.of("y", output);
    }

    private static FloatBuffer direct(int floats) {
        return ByteBuffer.allocateDirect(floats * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private void requireEqual(float[] given, String way) throws OrtException {
        float[] expected = documentationStyle();
        if (!Arrays.equals(expected, given)) {
            throw new IllegalStateException("%s gives %s, documentationStyle %s"
                    .formatted(way, Arrays.toString(given), Arrays.toString(expected)));
        }
    }

    /** Frees the native memory. */
    @TearDown
    public void close() throws OrtException {
        ours.close();
        output.close();
        input.close();
        session.close();
    }

    /** As the documentation of ONNX Runtime shows it: nested arrays in, {@code getValue} out. */
    @Benchmark
    public float[] documentationStyle() throws OrtException {
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, new float[][] {row});
                OrtSession.Result result = session.run(Map.of("x", tensor))) {
            return ((float[][]) result.get(0).getValue())[0];
        }
    }

    /** The least that the public API of ONNX Runtime allows: input and output memory made once. */
    @Benchmark
    public float[] pinned() throws OrtException {
        inputFloats.put(0, row);
        session.run(feeds, Set.of(), pins).close();
        float[] given = new float[outputs];
        outputFloats.get(0, given);
        return given;
    }

    /** Our plain call, which any thread may make at any time. */
    @Benchmark
    public float[] plain() {
        return ours.run(Tensor.floats(row, 1, row.length)).floats("y");
    }
}
