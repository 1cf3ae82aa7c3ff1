package dev.mlops.onnx.evaluate;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.classification.Labels;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Inference;
import dev.mlops.onnx.pipeline.Stage;
import java.util.Iterator;

/**
 * Runs a model on examples whose answers are known, and says how good and how fast it is. Immutable and thread-safe.
 *
 * <p>Each thread takes what it needs for one batch from the source, prepares it, and runs it, so that no more than a batch
 * for each thread is in memory, but for the scores that {@link EvaluationOptions.Builder#keptScores} allows. What fails in
 * a batch is run again by itself, to find the example; so is a batch of examples that do not fit together in one tensor.
 *
 * <pre>{@code
 * try (Samples test = datasets.samples(version, SampleOptions.split("test"))) {
 *     ClassificationReport report = Evaluation.of(model::run, options)
 *             .classify(
 *                     test,
 *                     sample -> new Example<>(sample.entry().path(), pixels.apply(sample.bytes()), label(sample)),
 *                     result -> result.tensor("probabilities"),
 *                     labels);
 *     System.out.println(report.accuracy());
 * }
 * }</pre>
 */
public final class Evaluation {
    private final Inference inference;
    private final EvaluationOptions options;

    private Evaluation(Inference inference, EvaluationOptions options) {
        this.inference = inference;
        this.options = options;
    }

    /** Evaluates whatever runs a model. */
    public static Evaluation of(Inference inference, EvaluationOptions options) {
        return new Evaluation(inference, options);
    }

    /**
     * Evaluates a classifier.
     *
     * @param source where examples come from, used by one thread at a time; stays the caller's to close
     * @param prepare makes an example of what the source gives, on several threads
     * @param output takes from the result the scores, [examples, classes], or of two classes the probability of the second
     *     alone, [examples] or [examples, 1], of which more than a half is the second; or else the labels, as texts or as numbers, which are labels in decimal digits
     * @param labels what the classes are called, in the order of the scores, each another name
     * @throws InvalidInputException if two labels are equal, there are no examples, or more than {@link
     *     EvaluationOptions.Builder#maxDamaged} cannot be prepared or run; names the last of these
     * @throws IntegrityException instead, if the bytes of the last of these were damaged
     * @throws CancelledException if it was cancelled or the caller interrupted
     */
    public <S> ClassificationReport classify(
            Iterator<S> source,
            Stage<? super S, Example<String>> prepare,
            Stage<Result, Tensor> output,
            Labels labels) {
        ClassJudge judge = new ClassJudge(labels, options.keptScores());
        Tally<String> tally = new Tally<>(judge, options);
        new Workers<>(source, prepare, inference, output, tally, options).run();
        return judge.report(tally.speed(), tally.damages());
    }

    /**
     * Evaluates a model that gives a number; otherwise as {@link #classify}.
     *
     * @param output takes from the result the numbers, [examples] or [examples, 1]
     */
    public <S> RegressionReport regress(
            Iterator<S> source, Stage<? super S, Example<Double>> prepare, Stage<Result, Tensor> output) {
        NumberJudge judge = new NumberJudge();
        Tally<Double> tally = new Tally<>(judge, options);
        new Workers<>(source, prepare, inference, output, tally, options).run();
        return judge.report(tally.speed(), tally.damages());
    }
}
