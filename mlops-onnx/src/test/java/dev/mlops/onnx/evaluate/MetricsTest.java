package dev.mlops.onnx.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.classification.Labels;
import dev.mlops.onnx.model.Tensor;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The numbers expected are those of scikit-learn 1.9, or are worked out by hand. */
class MetricsTest {
    private static final Offset<Double> EXACT = within(1e-9);
    private static final Speed SPEED =
            new Speed(Duration.ZERO, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    private static final Damages NONE = new Damages(0, List.of());

    private static List<String> labels(int... classes) {
        return Arrays.stream(classes).mapToObj(Integer::toString).toList();
    }

    private static ClassificationReport report(int classes, List<String> targets, Tensor output) {
        ClassJudge judge = new ClassJudge(Labels.numbered(classes), 1000);
        judge.judge(targets, output).run();
        return judge.report(SPEED, NONE);
    }

    private static void assertAverages(Averages averages, double precision, double recall, double f1) {
        assertThat(averages.precision()).isCloseTo(precision, EXACT);
        assertThat(averages.recall()).isCloseTo(recall, EXACT);
        assertThat(averages.f1()).isCloseTo(f1, EXACT);
    }

    @Test
    void threeClassesAreAsScikitLearnHasThem() {
        float[] scores = {
            .7f, .2f, .1f, .3f, .4f, .3f, .1f, .8f, .1f, .2f, .2f, .6f, .5f, .25f, .25f, 0, .1f, .9f, .4f, .4f, .2f,
            .6f, .3f, .1f, .25f, .35f, .4f, .1f, .5f, .4f
        };
        ClassificationReport report = report(3, labels(0, 0, 1, 2, 2, 2, 1, 0, 2, 1), Tensor.floats(scores, 10, 3));

        assertThat(report.accuracy()).isEqualTo(0.7);
        assertAverages(report.confusion().of("0"), 0.5, 2 / 3.0, 0.5714285714285714);
        assertAverages(report.confusion().of("1"), 2 / 3.0, 2 / 3.0, 2 / 3.0);
        assertAverages(report.confusion().of("2"), 1, 0.75, 0.8571428571428571);
        assertAverages(report.confusion().macro(), 0.7222222222222222, 0.6944444444444443, 0.6984126984126985);
        assertAverages(report.confusion().micro(), 0.7, 0.7, 0.7);
        assertAverages(report.confusion().weighted(), 0.75, 0.7, 0.7142857142857142);
        assertThat(report.confusion().count("0", "1")).isEqualTo(1);
        assertThat(report.confusion().count("2", "2")).isEqualTo(3);
        assertThat(report.confusion().count("2", "1")).isZero();
        assertThat(report.confusion().support("2")).isEqualTo(4);
        assertThat(report.rocAuc()).isCloseTo(0.9255952380952381, EXACT);
        assertThat(report.logLoss()).isCloseTo(0.682282567024231, within(1e-6));
        assertThat(report.metrics()).containsEntry("accuracy", 0.7).containsKeys("f1-macro", "roc-auc", "log-loss");
    }

    @Test
    void oneScoreIsThatOfTheSecondClass() {
        double[] scores = {.1, .4, .35, .8, .4, .4, .9, .35};
        List<String> targets = labels(0, 0, 1, 1, 0, 1, 1, 0);

        for (long[] shape : new long[][] {{8}, {8, 1}}) {
            ClassificationReport report = report(2, targets, Tensor.doubles(scores, shape));
            assertThat(report.rocAuc()).isCloseTo(0.78125, EXACT);
            assertThat(report.logLoss()).isCloseTo(0.4815514503283913, EXACT);
            assertAverages(report.confusion().of("1"), 1, 0.5, 2 / 3.0);
            assertAverages(report.confusion().of("0"), 2 / 3.0, 1, 0.8);
        }
    }

    @Test
    void divisionsByZeroAreZeroAndClassesThatDoNotOccurDoNotCount() {
        Tensor predictions = Tensor.longs(new long[] {0, 1, 1, 3}, 4);
        ConfusionMatrix confusion = report(9, labels(0, 1, 2, 2), predictions).confusion();

        assertAverages(confusion.of("2"), 0, 0, 0);
        assertAverages(confusion.of("3"), 0, 0, 0);
        assertAverages(confusion.macro(), 0.375, 0.5, 0.41666666666666663);
        assertAverages(confusion.weighted(), 0.375, 0.5, 0.41666666666666663);
    }

    @Test
    void probabilitiesAreClipped() {
        ClassificationReport report = report(2, labels(0, 1), Tensor.floats(new float[] {0, 1, 0, 1}, 2, 2));

        assertThat(report.logLoss()).isCloseTo(7.971192359924316, within(1e-6));
    }

    @Test
    void probabilitiesMayBeRounded() {
        float[] scores = {Math.nextUp(1f), -1e-7f, 0.25f, 0.75f};
        ClassificationReport report = report(2, labels(0, 1), Tensor.floats(scores, 2, 2));

        assertThat(report.logLoss()).isCloseTo(-Math.log(0.75) / 2, within(1e-6));
        assertThat(report(2, labels(1), Tensor.floats(new float[] {Math.nextUp(1f)}, 1))
                        .logLoss())
                .isCloseTo(0, within(1e-6));
    }

    @Test
    void whatIsNotDefinedIsNaN() {
        ClassificationReport logits = report(2, labels(0, 1), Tensor.floats(new float[] {5, -5, -3, 3}, 2, 2));
        assertThat(logits.logLoss()).isNaN();
        assertThat(logits.rocAuc()).isEqualTo(1);
        assertThat(logits.metrics()).doesNotContainKey("log-loss");

        ClassificationReport texts = report(2, labels(0, 1), Tensor.strings(new String[] {"1", "1"}, 2, 1));
        assertThat(texts.rocAuc()).isNaN();
        assertThat(texts.logLoss()).isNaN();
        assertThat(texts.accuracy()).isEqualTo(0.5);

        ClassificationReport oneClass = report(2, labels(1, 1), Tensor.floats(new float[] {0, 1, 0, 1}, 2, 2));
        assertThat(oneClass.rocAuc()).isNaN();
        assertThat(oneClass.accuracy()).isEqualTo(1);
    }

    @Test
    void moreScoresThanAreKeptGiveNoArea() {
        ClassJudge judge = new ClassJudge(Labels.numbered(2), 4);
        Tensor row = Tensor.floats(new float[] {0.2f, 0.8f}, 1, 2);
        judge.judge(labels(1), row).run();
        judge.judge(labels(0), row).run();
        assertThat(judge.report(SPEED, NONE).rocAuc()).isEqualTo(0.5);

        judge.judge(labels(0), row).run();
        assertThat(judge.report(SPEED, NONE).rocAuc()).isNaN();
        assertThat(judge.report(SPEED, NONE).confusion().total()).isEqualTo(3);
    }

    @Test
    void outputsThatDoNotFitAreRefused() {
        ClassJudge judge = new ClassJudge(Labels.numbered(2), 0);
        refused(judge, Tensor.floats(new float[3], 1, 3), "a score for each of 2 classes");
        refused(judge, Tensor.floats(new float[4], 2, 2), "a row for each of 1");
        refused(judge, Tensor.floats(new float[1]), "a row for each of 1");
        refused(judge, Tensor.floats(new float[] {0, Float.NaN}, 1, 2), "no number");
        refused(judge, Tensor.floats(new float[] {3}, 1), "no probability");
        refused(judge, Tensor.floats(new float[] {Float.NaN}, 1), "no probability");
        refused(judge, Tensor.longs(new long[] {2}, 1), "not among the labels");
        refused(judge, Tensor.longs(new long[2], 1, 2), "one for each example");
        assertThatThrownBy(() -> judge.judge(List.of("cat"), Tensor.floats(new float[2], 1, 2)))
                .hasMessageContaining("cat");
    }

    private static void refused(ClassJudge judge, Tensor output, String text) {
        assertThatThrownBy(() -> judge.judge(labels(0), output))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(text);
    }

    @Test
    void labelsThatAreEqualAreRefused() {
        Labels cranes = Labels.of(List.of("crane", "dog", "crane"));

        assertThatThrownBy(() -> new ClassJudge(cranes, 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'crane'");
    }

    @Property(tries = 200)
    void theAreaIsTheShareOfPairs(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 8) Integer> positives,
            @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 8) Integer> negatives) {
        double pairs = 0;
        for (int positive : positives) {
            for (int negative : negatives) {
                pairs += positive > negative ? 1 : positive == negative ? 0.5 : 0;
            }
        }
        double area = RocAuc.area(
                positives.stream().mapToDouble(i -> i).toArray(),
                negatives.stream().mapToDouble(i -> i).toArray());
        assertThat(area).isCloseTo(pairs / positives.size() / negatives.size(), EXACT);
    }

    private static RegressionReport numbers(List<Double> targets, double... given) {
        NumberJudge judge = new NumberJudge();
        judge.judge(targets, Tensor.doubles(given, given.length)).run();
        return judge.report(SPEED, NONE);
    }

    @Test
    void errorsOfNumbersAreAsScikitLearnHasThem() {
        RegressionReport report = numbers(List.of(3.0, -0.5, 2.0, 7.0), 2.5, 0, 2, 8);

        assertThat(report.mae()).isEqualTo(0.5);
        assertThat(report.rmse()).isCloseTo(0.6123724356957945, EXACT);
        assertThat(report.r2()).isCloseTo(0.9486081370449679, EXACT);
        assertThat(numbers(List.of(5.0, 5.0), 5, 5).r2()).isEqualTo(1);
        assertThat(numbers(List.of(5.0, 5.0), 5, 6).r2()).isZero();
        assertThat(numbers(List.of(5.0), 5).r2()).isNaN();
        assertThat(numbers(List.of(5.0), 6).metrics())
                .containsEntry("rmse", 1.0)
                .doesNotContainKey("r2");
    }

    @Test
    void numbersThatAreNoneAreRefused() {
        assertThatThrownBy(() -> numbers(List.of(1.0), Double.NaN)).hasMessageContaining("finite");
        assertThatThrownBy(() -> numbers(List.of(Double.POSITIVE_INFINITY), 1)).hasMessageContaining("finite");
        assertThatThrownBy(() -> new NumberJudge().judge(List.of(1.0), Tensor.floats(new float[2], 1, 2)))
                .hasMessageContaining("one number");
    }
}
