package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasChange;
import dev.mlops.api.model.AliasExpectation;
import dev.mlops.api.model.ImportOptions;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelSpec;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.model.VersionNumbering;
import dev.mlops.api.project.Project;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** The registry: versions with signatures, aliases that move by compare-and-set, and the way back. */
public final class RegisterModels {
    private static final Alias STABLE = Alias.of("stable");

    private RegisterModels() {}

    /** Runs it; the optional argument is a directory to keep everything in. */
    public static void main(String[] args) {
        Programs.run(out -> {
            try (Mlops mlops = Programs.open(args, out)) {
                run(mlops.projects().openOrCreate("registry"), Programs.temporaryDirectory(), out);
            }
        });
    }

    static Outcome run(Project project, Path work, PrintStream out) {
        ModelRegistry models = project.models();
        models.create(ModelSpec.builder("scaler")
                .description("scales rows of three numbers")
                .label("arithmetic")
                .numbering(VersionNumbering.DOTTED)
                .build());
        ModelVersion first = importVersion(models, work, 0, "1.0.0");
        ModelVersion second = importVersion(models, work, 1, "1.1.0");
        out.println(first + " " + first.signature());

        models.setAlias(first, STABLE, AliasExpectation.ABSENT);
        models.setAlias(second, STABLE, AliasExpectation.at(first));
        out.println("scaler@stable is " + models.version("scaler@stable"));
        String late = refusal(() -> models.setAlias(first, STABLE, AliasExpectation.at(first)));
        out.println("refused: " + late);

        models.setAlias(first, STABLE, AliasExpectation.at(second));
        List<AliasChange> moves = models.aliasHistory("scaler", STABLE).toList();
        moves.forEach(out::println);
        String used = refusal(() -> models.deleteVersion(first));
        out.println("refused: " + used);
        Path file = models.download(models.version("scaler@stable"), work.resolve("download"));
        out.println("downloaded and verified: " + file.getFileName());
        return new Outcome(first, second, moves, late, used, file);
    }

    private static ModelVersion importVersion(ModelRegistry models, Path work, float offset, String number) {
        Path file = TinyModel.write(work.resolve("scaler.onnx"), offset);
        return models.importVersion(
                "scaler",
                ImportSource.file(file),
                ImportOptions.builder()
                        .version(number)
                        .title("offset " + offset)
                        .build());
    }

    private static String refusal(Runnable call) {
        try {
            call.run();
            return "";
        } catch (ConflictException | ResourceInUseException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Two versions, the alias's moves (newest first), two refusals and the downloaded file. */
    record Outcome(
            ModelVersion first, ModelVersion second, List<AliasChange> moves, String late, String used, Path file) {}
}
