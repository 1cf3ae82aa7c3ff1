package dev.mlops.core.model;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasChange;
import dev.mlops.api.model.AliasExpectation;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Moves aliases inside a transaction of the caller: access checked, compared and set under a lock, kept in the history
 * and told as an event of the model's own project. Thread-safe.
 */
public final class AliasMoves {
    private final ProjectContext context;

    /** Moves aliases for the caller of a context, in whatever project the models are. */
    public AliasMoves(ProjectContext context) {
        this.context = context;
    }

    /**
     * Moves an alias of a model if it stands where it is expected. An alias that stands there already is left, without a
     * move in its history and without an event.
     *
     * @param to the version of this model to which it goes, or null to remove it
     * @throws AccessDeniedException if the caller lacks {@code publish} on the model
     * @throws ConflictException if it stands elsewhere, with where
     */
    public AliasChange move(
            MetadataTransaction tx, Model model, Alias alias, @Nullable ModelVersion to, AliasExpectation expected) {
        ProjectInfo project = projectOf(tx, model);
        String words = "model '%s' in project '%s'".formatted(model.name(), project.name());
        context.require(tx, Privilege.PUBLISH, project.id(), Asset.model(model.id()), words);
        ModelVersion from = tx.models().lockAlias(model.id(), alias).orElse(null);
        checkExpectation("alias '%s' of %s".formatted(alias, words), from, expected);
        AliasChange change = new AliasChange(
                alias, number(from), number(to), context.principal().name(), context.now());
        if (!id(from).equals(id(to))) {
            tx.models().moveAlias(model.id(), to == null ? null : to.id(), change);
            recordMove(tx, project, model, change);
        }
        return change;
    }

    private ProjectInfo projectOf(MetadataTransaction tx, Model model) {
        return model.projectId().equals(context.projectId())
                ? context.project()
                : tx.projects()
                        .findById(model.projectId())
                        .orElseThrow(() -> context.notFound("project of model '" + model.name() + "'"));
    }

    private static void checkExpectation(String what, @Nullable ModelVersion at, AliasExpectation expected) {
        if (expected instanceof AliasExpectation.Absent && at != null) {
            throw new ConflictException("%s stands at %s, but was expected to be new".formatted(what, at.reference()));
        }
        if (expected instanceof AliasExpectation.At there && !id(at).equals(Optional.of(there.versionId()))) {
            throw new ConflictException("%s stands at %s, not at version %s as expected"
                    .formatted(what, at == null ? "no version" : at.reference(), there.version()));
        }
    }

    private void recordMove(MetadataTransaction tx, ProjectInfo project, Model model, AliasChange change) {
        context.store()
                .project(context.principal(), project)
                .record(
                        tx,
                        EventKind.MOVED,
                        Asset.model(model.id()),
                        "alias %s of model %s".formatted(change.alias(), model.name()),
                        place(change.from()),
                        place(change.to()));
    }

    private static @Nullable Map<String, String> place(@Nullable String version) {
        return version == null ? null : Map.of("version", version);
    }

    private static Optional<String> id(@Nullable ModelVersion version) {
        return Optional.ofNullable(version).map(ModelVersion::id);
    }

    private static @Nullable String number(@Nullable ModelVersion version) {
        return version == null ? null : version.version();
    }
}
