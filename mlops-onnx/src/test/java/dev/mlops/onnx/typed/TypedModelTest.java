package dev.mlops.onnx.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Inference;
import dev.mlops.onnx.testing.TestModels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("ArrayRecordComponent") // records with arrays are what callers have
class TypedModelTest {
    private final List<OnnxModel> models = new ArrayList<>();

    @AfterEach
    void close() {
        models.forEach(OnnxModel::close);
    }

    private OnnxModel load(byte[] bytes) {
        OnnxModel model = OnnxModel.load("typed", bytes, OnnxOptions.DEFAULT);
        models.add(model);
        return model;
    }

    /** Gives what it gets: names are in1, out1 and so on. */
    private OnnxModel identities(Object[]... types) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("identities");
        for (int i = 0; i < types.length; i++) {
            ElementType type = (ElementType) types[i][0];
            Object[] shape = (Object[]) types[i][1];
            graph.addNode(TestModels.node("Identity", "in" + (i + 1), "out" + (i + 1)))
                    .addInput(TestModels.value("in" + (i + 1), TestModels.tensor(type, shape)))
                    .addOutput(TestModels.value("out" + (i + 1), TestModels.tensor(type, shape)));
        }
        return load(TestModels.model(graph));
    }

    private static Object[] of(ElementType type, Object... shape) {
        return new Object[] {type, shape};
    }

    record Row(float[] x) {}

    record Answer(List<Double> y) {}

    @Test
    void arraysAreRows() {
        TypedModel<Row, Answer> model = TypedModel.of(load(TestModels.relu()), Row.class, Answer.class);

        assertThat(model.run(new Row(new float[] {-1, 2.5f, 0, 4}))).isEqualTo(new Answer(List.of(0.0, 2.5, 0.0, 4.0)));
        assertThat(model.submit(new Row(new float[4])).join().y()).containsOnly(0.0);
    }

    @Test
    void severalRecordsAreRunTogether() {
        OnnxModel counts = load(TestModels.rowCount());
        record One(int x) {}
        record Count(float y) {}
        TypedModel<One, Count> model = TypedModel.of(counts, One.class, Count.class);

        assertThat(model.run(List.of(new One(7), new One(8), new One(9))))
                .containsExactly(new Count(3), new Count(3), new Count(3));
        assertThat(model.run(new One(7))).isEqualTo(new Count(1));
        assertThat(model.run(List.of())).isEmpty();
    }

    @Test
    void wholeTensorsAreRunOneAfterAnother() {
        OnnxModel counts = load(TestModels.rowCount());
        record All(List<Integer> x) {}
        record Counts(float[] y) {}
        TypedModel<All, Counts> model = TypedModel.of(counts, All.class, Counts.class);

        List<Counts> results = model.run(List.of(new All(List.of(1, 2)), new All(List.of(1))));

        assertThat(results.get(0).y()).containsExactly(2, 2);
        assertThat(results.get(1).y()).containsExactly(1);
    }

    record Everything(
            @TensorName("in1") boolean flag,
            @TensorName("in2") String text,
            @TensorName("in3") int small,
            @TensorName("in4") long large,
            @TensorName("in5") double[] flat,
            @TensorName("in6") List<List<Float>> nested,
            @TensorName("in7") byte[] pixels) {}

    record Given(
            @TensorName("out1") Boolean flag,
            @TensorName("out2") String text,
            @TensorName("out3") int small,
            @TensorName("out4") Long large,
            @TensorName("out5") List<float[]> flat,
            @TensorName("out6") double[][] nested,
            @TensorName("out7") int[] pixels) {}

    private OnnxModel everything() {
        return identities(
                of(ElementType.BOOL, "n"),
                of(ElementType.STRING, "n", 1),
                of(ElementType.INT32, "n"),
                of(ElementType.INT64, "n", 1),
                of(ElementType.FLOAT, "n", 2, 2),
                of(ElementType.DOUBLE, "n", "k", 2),
                of(ElementType.UINT8, "n", 3));
    }

    private static Everything example(int i) {
        return new Everything(
                i % 2 == 0,
                "text" + i,
                -i,
                1L << 40,
                new double[] {i, 0.1, 2, 3},
                List.of(List.of(0.5f, 1f), List.of(2f, (float) i), List.of(3f, 4f)),
                new byte[] {0, 127, -1});
    }

    private static void assertGiven(Given given, int i) {
        assertThat(given.flag()).isEqualTo(i % 2 == 0);
        assertThat(given.text()).isEqualTo("text" + i);
        assertThat(given.small()).isEqualTo(-i);
        assertThat(given.large()).isEqualTo(1L << 40);
        assertThat(given.flat().get(0)).containsExactly(i, 0.1f);
        assertThat(given.flat().get(1)).containsExactly(2, 3);
        assertThat(given.nested()).isEqualTo(new double[][] {{0.5, 1}, {2, i}, {3, 4}});
        assertThat(given.pixels()).containsExactly(0, 127, 255);
    }

    @Test
    void everyTypeGoesInAndComesOut() {
        TypedModel<Everything, Given> model = TypedModel.of(everything(), Everything.class, Given.class);

        assertGiven(model.run(example(3)), 3);
        List<Given> several = model.run(
                IntStream.range(0, 20).mapToObj(TypedModelTest::example).toList());
        for (int i = 0; i < 20; i++) {
            assertGiven(several.get(i), i);
        }
    }

    @Test
    void scalarsAreWholeOrRowsAsTheSignatureSays() {
        OnnxModel model = identities(of(ElementType.FLOAT), of(ElementType.FLOAT, 1), of(ElementType.INT64, 1, 1));
        record Three(
                @TensorName("in1") float a,
                @TensorName("in2") double b,
                @TensorName("in3") short c) {}
        record Same(
                @TensorName("out1") float a,
                @TensorName("out2") double b,
                @TensorName("out3") int c) {}
        TypedModel<Three, Same> typed = TypedModel.of(model, Three.class, Same.class);

        assertThat(typed.run(List.of(new Three(1, 2, (short) 3), new Three(4, 5, (short) 6))))
                .containsExactly(new Same(1, 2, 3), new Same(4, 5, 6));
    }

    @Test
    void batchingModelsAreCalledToo() {
        OnnxModel model = load(TestModels.relu());
        try (BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT)) {
            TypedModel<Row, Answer> typed =
                    TypedModel.of(Inference.batching(batching), model.signature(), Row.class, Answer.class);

            assertThat(typed.submit(new Row(new float[] {1, 2, 3, -4})).join().y())
                    .containsExactly(1.0, 2.0, 3.0, 0.0);
        }
    }

    @Test
    void whatFitsNoModelIsRefusedAtOnce() {
        OnnxModel relu = load(TestModels.relu());
        record Other(float[] z) {}
        record TooMany(float[] x, int z) {}
        record Deep(float[][][] x) {}
        record Texts(String[] x) {}
        record Objects(Object[] x) {}
        record Nothing() {}
        record Ints(int[] y) {}
        record Unknown(float[] q) {}
        record ManyBytes(byte[] y) {}

        refused(relu, Other.class, Answer.class, "component 'z' of Other", "no input");
        refused(relu, TooMany.class, Answer.class, "component 'z' of TooMany", "no input");
        refused(relu, Deep.class, Answer.class, "component 'x' of Deep", "3 does not fit");
        refused(relu, Texts.class, Answer.class, "component 'x' of Texts", "x: FLOAT[batch,4]");
        refused(relu, Objects.class, Answer.class, "component 'x' of Objects", "must be a number");
        refused(relu, Nothing.class, Answer.class, "Nothing", "component at least");
        refused(relu, Row.class, Ints.class, "component 'y' of Ints", "y: FLOAT[batch,4]");
        refused(relu, Row.class, Unknown.class, "component 'q' of Unknown", "no output");
        refused(relu, Row.class, ManyBytes.class, "component 'y' of ManyBytes", "FLOAT");
        record Twice(float[] x, @TensorName("x") float[] again) {}
        refused(relu, Twice.class, Answer.class, "component 'again' of Twice", "component 'x' of Twice already");
        record Half(float[][] a) {}
        record Sum(float[][] sum) {}
        refused(load(TestModels.twoInputs()), Half.class, Sum.class, "components of Half", "lack the input 'b");
        record Scores(float[] scores) {}
        refused(load(TestModels.zipMap("a", "b")), Row2.class, Scores.class, "component 'scores'", "no tensor");
    }

    record Row2(float[] x) {}

    private static void refused(
            OnnxModel model, Class<? extends Record> input, Class<? extends Record> output, String... texts) {
        assertThatThrownBy(() -> TypedModel.of(model, input, output))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(texts);
    }

    @Test
    void valuesThatDoNotFitAreRefused() {
        OnnxModel model = identities(of(ElementType.INT32, "n"), of(ElementType.FLOAT, "n", 2, "k"));
        record Values(
                @TensorName("in1") long a,
                @TensorName("in2") List<List<Double>> b) {}
        record Out(@TensorName("out1") int a) {}
        TypedModel<Values, Out> typed = TypedModel.of(model, Values.class, Out.class);
        List<List<Double>> square = List.of(List.of(1.0, 2.0), List.of(3.0, 4.0));

        assertThat(typed.run(new Values(5, square)).a()).isEqualTo(5);
        assertThatThrownBy(() -> typed.run(new Values(1L << 31, square)))
                .hasMessageContaining("component 'a' of Values")
                .hasMessageContaining("2147483648");
        assertThatThrownBy(() -> typed.run(new Values(5, List.of(List.of(1.0, 2.0), List.of(3.0)))))
                .hasMessageContaining("component 'b' of Values")
                .hasMessageContaining("must be 2");
        assertThatThrownBy(() -> typed.run(new Values(5, List.of(List.of(1.0)))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("in2");
        assertThatThrownBy(() -> typed.run(new Values(5, null))).hasMessageContaining("'b'");
        assertThatThrownBy(() -> typed.run(new Values(5, List.of(Collections.singletonList(null), List.of(1.0)))))
                .hasMessageContaining("null");
        assertThatThrownBy(() -> typed.run(new Values(5, List.of(List.of(1e300), List.of(1.0)))))
                .hasMessageContaining("1.0E300");
        assertThatThrownBy(() ->
                        typed.run(List.of(new Values(5, square), new Values(5, List.of(List.of(1.0), List.of(2.0))))))
                .hasMessageContaining("as in the first record");
    }

    @Test
    void wholeNumbersInFloatsAreExactOrRefused() {
        OnnxModel model = load(TestModels.plus(0));
        record Whole(long x) {}
        record Sum(double y) {}
        TypedModel<Whole, Sum> typed = TypedModel.of(model, Whole.class, Sum.class);

        assertThat(typed.run(new Whole(1 << 24)).y()).isEqualTo(1 << 24);
        assertThat(typed.run(new Whole(1L << 62)).y()).isEqualTo(0x1p62);
        assertThatThrownBy(() -> typed.run(new Whole((1 << 24) + 1))).hasMessageContaining("16777217");
        assertThatThrownBy(() -> typed.run(new Whole(Long.MAX_VALUE))).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void resultsThatDoNotFitAreRefused() {
        OnnxModel model = identities(of(ElementType.INT64, "n"));
        record In(@TensorName("in1") long a) {}
        record Out(@TensorName("out1") int a) {}
        TypedModel<In, Out> typed = TypedModel.of(model, In.class, Out.class);
        assertThatThrownBy(() -> typed.run(new In(1L << 31)))
                .hasMessageContaining("component 'a' of Out")
                .hasMessageContaining("make it a long");

        record Large(@TensorName("in1") double a) {}
        record Small(@TensorName("out1") float a) {}
        TypedModel<Large, Small> rounding =
                TypedModel.of(identities(of(ElementType.DOUBLE, "n")), Large.class, Small.class);
        assertThat(rounding.run(new Large(0.1)).a()).isEqualTo(0.1f);
        assertThat(rounding.run(new Large(Double.NEGATIVE_INFINITY)).a()).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThatThrownBy(() -> rounding.run(new Large(1e300))).hasMessageContaining("make it a double");

        record One(float x) {}
        record Kept(float y) {}
        TypedModel<One, Kept> fewer = TypedModel.of(load(TestModels.fewerRows()), One.class, Kept.class);
        assertThatThrownBy(() -> fewer.run(List.of(new One(1), new One(0))))
                .hasMessageContaining("a row for each of 2");
    }

    @Test
    void unsignedLongsBeyondThoseOfJavaAreRefused() {
        OnnxModel model = identities(of(ElementType.INT64, "n"));
        Signature unsigned = new Signature(
                model.signature().inputs(),
                List.of(ValueSpec.tensor("out1", ElementType.UINT64, Dimension.open())),
                "",
                Map.of(),
                Map.of());
        Inference inference = inputs -> Result.of(
                List.of("out1"), List.of(Tensor.unsignedLongs(inputs.get("in1").longs(), 1)));
        record In(@TensorName("in1") long a) {}
        record One(@TensorName("out1") long a) {}
        record Several(@TensorName("out1") long[] a) {}
        TypedModel<In, One> one = TypedModel.of(inference, unsigned, In.class, One.class);
        TypedModel<In, Several> several = TypedModel.of(inference, unsigned, In.class, Several.class);

        assertThat(one.run(new In(Long.MAX_VALUE)).a()).isEqualTo(Long.MAX_VALUE);
        assertThat(several.run(new In(7)).a()).containsExactly(7);
        assertThatThrownBy(() -> one.run(new In(-1)))
                .hasMessageContaining("component 'a' of One")
                .hasMessageContaining("18446744073709551615");
        assertThatThrownBy(() -> several.run(new In(-1))).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void closedModelsAreUnavailable() {
        OnnxModel model = load(TestModels.relu());
        TypedModel<Row, Answer> typed = TypedModel.of(model, Row.class, Answer.class);
        model.close();

        assertThatThrownBy(() -> typed.run(new Row(new float[4]))).isInstanceOf(UnavailableException.class);
    }
}
