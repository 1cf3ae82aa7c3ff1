package dev.mlops.core.release;

import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasExpectation;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.release.Pin;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import dev.mlops.core.model.AliasMoves;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Moves the alias of a release on all models at once. */
final class ReleasedAliases {
    private final AliasMoves moves;

    ReleasedAliases(ProjectContext context) {
        this.moves = new AliasMoves(context);
    }

    /**
     * Moves an alias to model versions, wherever it stands, and takes it off the models that had a version before and
     * have none now. Models are locked in one order, that of their ids, so that two releases do not wait for each other.
     */
    void move(MetadataTransaction tx, Alias alias, List<Pin> before, List<Pin> after) {
        Map<String, Target> targets = new TreeMap<>();
        for (Pin pin : before) {
            ModelVersion version = version(tx, pin);
            targets.put(version.modelId(), new Target(version.modelId(), null));
        }
        for (Pin pin : after) {
            ModelVersion version = version(tx, pin);
            targets.put(version.modelId(), new Target(version.modelId(), version));
        }
        targets.values().forEach(target -> move(tx, alias, target));
    }

    private void move(MetadataTransaction tx, Alias alias, Target target) {
        Model model = tx.models()
                .findById(target.modelId())
                .orElseThrow(() -> new NotFoundException("model " + target.modelId() + " does not exist any more"));
        moves.move(tx, model, alias, target.version(), AliasExpectation.ANY);
    }

    private static ModelVersion version(MetadataTransaction tx, Pin pin) {
        return tx.models()
                .findVersionById(pin.id())
                .orElseThrow(() -> new NotFoundException("model version " + pin + " does not exist any more"));
    }

    private record Target(String modelId, @Nullable ModelVersion version) {}
}
