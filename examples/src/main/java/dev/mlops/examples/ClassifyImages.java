package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.SampleOptions;
import dev.mlops.api.dataset.Samples;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitLabel;
import dev.mlops.api.project.Project;
import dev.mlops.examples.digits.DigitModel;
import dev.mlops.examples.digits.DigitTrainer;
import dev.mlops.examples.digits.Digits;
import dev.mlops.examples.digits.Recipe;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.classification.Labels;
import dev.mlops.onnx.classification.Score;
import dev.mlops.onnx.classification.Scores;
import dev.mlops.onnx.evaluate.ClassificationReport;
import dev.mlops.onnx.evaluate.Evaluation;
import dev.mlops.onnx.evaluate.EvaluationOptions;
import dev.mlops.onnx.evaluate.Example;
import dev.mlops.onnx.image.ImageDecoder;
import dev.mlops.onnx.image.Images;
import dev.mlops.onnx.image.Pixels;
import dev.mlops.onnx.metrics.InferenceMetrics;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Inference;
import dev.mlops.onnx.pipeline.Pipeline;
import dev.mlops.onnx.pipeline.Stage;
import dev.mlops.onnx.routing.ModelRouter;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * An image classifier: PNG files of handwritten digits go through a pipeline, many together, and the model is replaced by
 * a better one while clients go on; then its metrics are printed. What it is worth before and after is evaluated on the test split of the data set.
 */
public final class ClassifyImages {
    private static final int CLIENTS = 2;
    private static final long CALLS = 500;
    private static final Recipe FIRST = new Recipe("first", Recipe.Kind.SOFTMAX, 0.01, 1, 7);
    private static final Recipe SECOND = new Recipe("second", Recipe.Kind.FACTORISATION_MACHINE, 0.1, 4, 7);

    private final PrintStream out;
    private final List<byte[]> pngs;
    private final Labels labels;
    private final Stage<byte[], Map<String, Tensor>> preprocess;
    private final Stage<Result, Tensor> scores;

    private ClassifyImages(PrintStream out, OnnxModel model, List<byte[]> pngs) {
        this.out = out;
        this.pngs = pngs;
        String input = model.signature().inputs().get(0).name();
        String output = model.signature().outputs().get(0).name();
        ImageDecoder gray =
                ImageDecoder.builder().color(ImageDecoder.Color.GRAY).build();
        Stage<byte[], Pixels> image =
                Images.decode(gray).then(Images.resize(8, 8)).then(Images.divide(255));
        this.labels = Labels.ofMetadata(model.signature(), DigitModel.LABELS);
        this.preprocess = image.then(pixels -> Map.of(input, Images.rows().apply(List.of(pixels))));
        this.scores = result -> result.tensor(output);
    }

    /** Runs it; the first argument is the directory of the store, a new temporary one by default. */
    public static void main(String[] args) {
        Programs.run(out -> {
            try (Mlops mlops = Programs.open(args, out)) {
                run(mlops.projects().openOrCreate("examples"), Programs.temporaryDirectory(), out);
            }
        });
    }

    static Outcome run(Project project, Path work, PrintStream out) {
        Digits.writePngs(Digits.all(), work);
        PublishOptions split = PublishOptions.builder()
                .split(Split.stratified(SplitLabel.folder())
                        .and("train", 0.8)
                        .and("test", 0.2)
                        .seed(42))
                .build();
        DatasetVersion data = project.datasets().publish("digits-png", work, split);
        DigitTrainer trainer = new DigitTrainer(Digits.read(project.datasets(), data, "train"));
        OnnxModel first = load("first", train(FIRST, trainer));
        byte[] better = train(SECOND, trainer);
        InferenceMetrics metrics = new InferenceMetrics();
        BatchOptions batches = BatchOptions.builder()
                .preferredBatchSizes(1, 32)
                .metrics(metrics)
                .build();
        try (ModelRouter router = ModelRouter.batching(first, batches)) {
            ClassifyImages example = new ClassifyImages(out, first, pngs(project, data));
            long together = example.together(router);
            ClassificationReport before = example.evaluate("before", router, project, data);
            long calls = example.swap(router, () -> load("second", better));
            out.println(metrics.snapshot());
            ClassificationReport after = example.evaluate("after", router, project, data);
            return new Outcome(together, calls, before, after);
        }
    }

    private static byte[] train(Recipe recipe, DigitTrainer trainer) {
        return trainer.train(recipe, recipe.epochs()).onnx();
    }

    private static OnnxModel load(String name, byte[] onnx) {
        return OnnxModel.load(
                name, onnx, OnnxOptions.builder().intraOpThreads(1).build());
    }

    private static List<byte[]> pngs(Project project, DatasetVersion data) {
        List<byte[]> pngs = new ArrayList<>();
        try (Samples test = project.datasets().samples(data, SampleOptions.split("test"))) {
            test.forEachRemaining(sample -> pngs.add(sample.bytes()));
        }
        return pngs;
    }

    private Pipeline<byte[], Score> classifier(Inference inference) {
        return Pipeline.of(
                preprocess,
                inference,
                scores.named("scores")
                        .then(Scores.topK(1, labels))
                        .then(Stage.only())
                        .then(Stage.only()));
    }

    /** All images at once: what comes in while a batch is running is the next batch. */
    private long together(ModelRouter router) {
        ExecutorService executor = Executors.newFixedThreadPool(CLIENTS);
        try {
            Pipeline<byte[], Score> classifier = classifier(Inference.routing(router));
            List<CompletableFuture<Score>> answers =
                    pngs.stream().map(png -> classifier.submit(png, executor)).toList();
            Score last = answers.stream()
                    .map(CompletableFuture::join)
                    .reduce((one, next) -> next)
                    .orElseThrow();
            out.printf("%,d images read in batches, the last as %s%n", answers.size(), last);
            return answers.size();
        } finally {
            executor.shutdown();
        }
    }

    /** A split of the data set, streamed from the store. */
    private ClassificationReport evaluate(String when, ModelRouter router, Project project, DatasetVersion data) {
        EvaluationOptions options =
                EvaluationOptions.builder().batchSize(32).parallelism(2).build();
        try (Samples test = project.datasets().samples(data, SampleOptions.split("test"))) {
            ClassificationReport report = Evaluation.of(router::run, options)
                    .classify(
                            test,
                            sample -> {
                                String path = sample.entry().path();
                                String label = path.substring(0, path.indexOf('/'));
                                return new Example<>(path, preprocess.apply(sample.bytes()), label);
                            },
                            scores,
                            labels);
            print(when, report);
            return report;
        }
    }

    private void print(String when, ClassificationReport report) {
        out.printf(
                "%s: %s, macro F1 %.4f, ROC AUC %.4f, log loss %.4f%n",
                when, report.confusion(), report.confusion().macro().f1(), report.rocAuc(), report.logLoss());
        out.printf(
                "  %,.0f images/s, a run of 32 took %,d µs (half of them), %,d µs (99 of 100)%n",
                report.speed().examplesPerSecond(),
                report.speed().p50().toNanos() / 1000,
                report.speed().p99().toNanos() / 1000);
    }

    /** Clients that never stop asking do not notice. */
    private long swap(ModelRouter router, Supplier<OnnxModel> loading) {
        ExecutorService executor = Executors.newFixedThreadPool(CLIENTS);
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicLong calls = new AtomicLong();
        try {
            Pipeline<byte[], Score> classifier = classifier(router::run);
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(CompletableFuture.runAsync(() -> ask(classifier, calls, isOver), executor));
            }
            await(calls, CALLS, clients);
            router.swap(loading);
            long swapped = calls.get();
            await(calls, swapped + CALLS, clients);
            isOver.set(true);
            clients.forEach(CompletableFuture::join);
            out.printf("swapped after %,d calls; %,d in all, none failed%n", swapped, calls.get());
            return calls.get();
        } finally {
            isOver.set(true);
            executor.shutdown();
        }
    }

    private void ask(Pipeline<byte[], Score> classifier, AtomicLong calls, AtomicBoolean isOver) {
        for (int i = 0; !isOver.get(); i = (i + 1) % pngs.size()) {
            classifier.run(pngs.get(i));
            calls.incrementAndGet();
        }
    }

    private static void await(AtomicLong calls, long wanted, List<? extends Future<?>> clients) {
        while (calls.get() < wanted && clients.stream().noneMatch(Future::isDone)) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** How many images were read together, how many calls clients made during the swap, and what both models are worth. */
    record Outcome(long together, long calls, ClassificationReport before, ClassificationReport after) {}
}
