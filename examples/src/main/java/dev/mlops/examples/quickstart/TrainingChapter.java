package dev.mlops.examples.quickstart;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunSpec;
import dev.mlops.examples.digits.Digit;
import dev.mlops.examples.digits.DigitModel;
import dev.mlops.examples.digits.DigitTrainer;
import dev.mlops.examples.digits.Digits;
import dev.mlops.examples.digits.Recipe;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several models learn from the train split; each training is a run that keeps what it did. */
final class TrainingChapter {
    static final String EXPERIMENT = "digit-models";
    static final String MODEL_FILE = "model.onnx";
    static final String TRAIN_ACCURACY = "train-accuracy";

    private static final double LOWEST_BAR = 0.85;
    private static final String FOUND = "metrics.train-accuracy > 0.99";

    private final Project project;
    private final Story story;
    private final DatasetVersion data;

    TrainingChapter(Project project, Story story, DatasetVersion data) {
        this.project = project;
        this.story = story;
        this.data = data;
    }

    /** The runs by the recipe that each followed. */
    Map<Recipe, Run> tell() {
        story.chapter("Training");
        List<Digit> digits = Digits.read(project.datasets(), data, DataChapter.TRAIN);
        story.say(
                "Four models learn in Java from the %,d images of the split 'train', read back from the store. Each"
                        + " training is a run that keeps its parameters, its accuracy after every epoch, the data that"
                        + " it used and the model as an ONNX file.",
                digits.size());
        story.pause();
        story.row("%-15s %-21s %5s   %-28s %s", "run", "model", "rate", "accuracy, epoch by epoch", "time");
        DigitTrainer trainer = new DigitTrainer(digits);
        Map<Recipe, Run> runs = new LinkedHashMap<>();
        recipes(data.ordinal()).forEach(recipe -> runs.put(recipe, train(trainer, digits, recipe)));
        story.pause();
        story.say("Runs are found by what they did: \"%s\" finds %d.", FOUND, found());
        return runs;
    }

    /** Another seed in each telling, so that a second one has something new to tell. */
    private static List<Recipe> recipes(long seed) {
        return List.of(
                new Recipe("softmax-slow", Recipe.Kind.SOFTMAX, 0.01, 10, seed),
                new Recipe("softmax", Recipe.Kind.SOFTMAX, 0.3, 10, seed),
                new Recipe("svm", Recipe.Kind.LINEAR_SVM, 0.3, 10, seed),
                new Recipe("factors", Recipe.Kind.FACTORISATION_MACHINE, 0.1, 10, seed));
    }

    private Run train(DigitTrainer trainer, List<Digit> digits, Recipe recipe) {
        List<Double> accuracies = new ArrayList<>();
        RunSpec spec = RunSpec.builder(EXPERIMENT)
                .name(recipe.name() + "-" + data.ordinal())
                .tag("library", "Tribuo 4.3.2")
                .build();
        Run run = project.runs().track(spec, active -> accuracies.addAll(train(trainer, digits, recipe, active)));
        story.row(
                "%-15s %-21s %5s   %.3f %-10s %.3f       %s",
                run.name(),
                recipe.kind(),
                recipe.learningRate(),
                accuracies.get(0),
                Story.bars(accuracies, LOWEST_BAR, 1),
                accuracies.get(accuracies.size() - 1),
                Story.seconds(duration(run)));
        return run;
    }

    private static Duration duration(Run run) {
        Instant end = run.endedAt();
        return end == null ? Duration.ZERO : Duration.between(run.startedAt(), end);
    }

    private List<Double> train(DigitTrainer trainer, List<Digit> digits, Recipe recipe, ActiveRun run) {
        run.uses(data, DataChapter.TRAIN);
        run.params(recipe.params());
        List<Double> accuracies = new ArrayList<>();
        for (int epoch = 1; epoch <= recipe.epochs(); epoch++) {
            DigitModel model = trainer.train(recipe, epoch);
            accuracies.add(model.accuracy(digits));
            run.metric(TRAIN_ACCURACY, accuracies.get(epoch - 1), epoch);
            if (epoch == recipe.epochs()) {
                run.artifact(MODEL_FILE, new ByteArrayInputStream(model.onnx()));
            }
        }
        return accuracies;
    }

    private long found() {
        return project
                .runs()
                .search(RunQuery.builder().experiment(EXPERIMENT).filter(FOUND).build())
                .stream()
                .count();
    }
}
