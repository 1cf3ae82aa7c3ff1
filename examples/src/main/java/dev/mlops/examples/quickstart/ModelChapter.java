package dev.mlops.examples.quickstart;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasChange;
import dev.mlops.api.model.AliasExpectation;
import dev.mlops.api.model.ImportOptions;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.run.Run;
import dev.mlops.examples.digits.Digit;
import dev.mlops.examples.digits.DigitReader;
import dev.mlops.examples.digits.Digits;
import dev.mlops.examples.digits.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs' model files become model versions; ONNX Runtime scores them, and the best becomes the champion. */
final class ModelChapter {
    static final String MODEL = "digits";
    static final Alias CHAMPION = Alias.of("champion");

    private final ModelRegistry models;
    private final Story story;
    private final Path downloads;
    private final List<Digit> test;

    ModelChapter(Project project, Story story, DatasetVersion data, Path downloads) {
        this.models = project.models();
        this.story = story;
        this.downloads = downloads;
        this.test = Digits.read(project.datasets(), data, DataChapter.TEST);
    }

    List<Candidate> register(Map<Recipe, Run> runs) {
        story.chapter("Models");
        story.say(
                "The model file of each run becomes a version of the model '%s'. ONNX Runtime then reads the %,d images"
                        + " of the split 'test', which no model has seen.",
                MODEL, test.size());
        story.pause();
        story.row("%-17s %-15s %10s %18s %15s", "version", "from run", "bytes", "accuracy on test", "for one image");
        List<Candidate> candidates = new ArrayList<>();
        runs.forEach((recipe, run) -> candidates.add(register(recipe, run)));
        story.pause();
        story.say("What they take and give was read from the files:");
        story.row("  %s", candidates.get(0).version().signature());
        return candidates;
    }

    private Candidate register(Recipe recipe, Run run) {
        ModelVersion version = models.importVersion(
                MODEL,
                ImportSource.runArtifact(run.id(), TrainingChapter.MODEL_FILE),
                ImportOptions.builder()
                        .title(recipe.kind().toString())
                        .comment(recipe.toString())
                        .build());
        try (DigitReader reader = reader(version)) {
            double accuracy = reader.accuracy(test);
            long begin = System.nanoTime();
            reader.accuracy(test);
            double micros = (System.nanoTime() - begin) / 1e3 / test.size();
            story.row("%-17s %-15s %,10d %18.4f %12.0f µs", version, run.name(), version.bytes(), accuracy, micros);
            return new Candidate(recipe, run, version, accuracy);
        }
    }

    /** The accuracy of a version on the test split. */
    double score(ModelVersion version) {
        try (DigitReader reader = reader(version)) {
            return reader.accuracy(test);
        }
    }

    /** Loads a version whose files are fetched from the registry and verified. */
    private DigitReader reader(ModelVersion version) {
        return DigitReader.load(models.download(version, downloads.resolve(MODEL + "-" + version.version())));
    }

    /** The digits of the test split. */
    List<Digit> testDigits() {
        return test;
    }

    /** Moves the alias to the best candidate, unless the champion of an earlier telling is as good. */
    ModelVersion promote(List<Candidate> candidates) {
        story.chapter("Champion");
        Candidate best = candidates.stream()
                .max(Comparator.comparingDouble(Candidate::accuracy))
                .orElseThrow();
        Optional<ModelVersion> reigning = Optional.ofNullable(
                        models.aliases(MODEL).get(CHAMPION))
                .map(number -> models.version(MODEL + ":" + number));
        double toBeat = reigning.map(this::score).orElse(0.0);
        if (reigning.isPresent() && toBeat >= best.accuracy()) {
            story.say(
                    "The best of the new ones is %s with %.4f. %s, the champion so far, has %.4f on the same images and"
                            + " stays.",
                    best.version(), best.accuracy(), reigning.get(), toBeat);
            return reigning.get();
        }
        AliasExpectation expected = reigning.map(AliasExpectation::at).orElse(AliasExpectation.ABSENT);
        AliasChange change = models.setAlias(best.version(), CHAMPION, expected);
        story.say("%s reads most images rightly and gets the alias. %s.", best.version(), change);
        story.say("Whoever moves an alias says where it must stand. One who has not seen this move is refused:");
        story.say("\"%s\"", refusal(candidates.get(0).version(), expected));
        return best.version();
    }

    private String refusal(ModelVersion version, AliasExpectation stale) {
        try {
            return models.setAlias(version, CHAMPION, stale).toString();
        } catch (ConflictException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
