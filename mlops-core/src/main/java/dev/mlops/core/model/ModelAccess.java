package dev.mlops.core.model;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelRef;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.Optional;

/** Finds models and versions for a caller and checks what the caller may do with them. */
final class ModelAccess {
    private final ProjectContext context;

    ModelAccess(ProjectContext context) {
        this.context = context;
    }

    /** A model of this project, if the caller may read it. */
    Optional<Model> find(MetadataTransaction tx, String name) {
        return tx.models()
                .find(context.projectId(), name)
                .filter(model -> context.may(tx, Privilege.READ, model.projectId(), Asset.model(model.id())));
    }

    /** A model of this project on which the caller must have a privilege. */
    Model require(MetadataTransaction tx, Privilege privilege, String name) {
        return require(tx, privilege, context.project(), name);
    }

    private Model require(MetadataTransaction tx, Privilege privilege, ProjectInfo project, String name) {
        String words = "model '%s' in project '%s'".formatted(name, project.name());
        Model model = tx.models().find(project.id(), name).orElseThrow(() -> context.notFound(words));
        context.require(tx, privilege, project.id(), Asset.model(model.id()), words);
        return model;
    }

    /**
     * The version as it is stored, whatever the caller's copy says, from any project.
     *
     * @throws NotFoundException if it was deleted or the caller may not read it
     */
    Owned require(MetadataTransaction tx, Privilege privilege, ModelVersion version) {
        String words = "model version " + version.reference();
        ModelVersion stored = tx.models().findVersionById(version.id()).orElseThrow(() -> context.notFound(words));
        Model model = tx.models().findById(stored.modelId()).orElseThrow(() -> context.notFound(words));
        context.require(tx, privilege, stored.projectId(), Asset.model(model.id()), words);
        return new Owned(model, stored);
    }

    /** The version as it is stored, which must be of this project. */
    Owned requireHere(MetadataTransaction tx, Privilege privilege, ModelVersion version) {
        Owned owned = require(tx, privilege, version);
        if (!owned.model().projectId().equals(context.projectId())) {
            throw new InvalidInputException(
                    "model version",
                    owned.version().reference(),
                    "is not of project '%s'; change it through its own project"
                            .formatted(context.project().name()));
        }
        return owned;
    }

    /** The version that a reference names; says which part of it is missing. */
    ModelVersion resolve(MetadataTransaction tx, ModelRef ref) {
        ProjectInfo project = context.projectNamed(tx, ref.findProject());
        Model model = require(tx, Privilege.READ, project, ref.model());
        return named(tx, model, ref)
                .orElseThrow(() -> new NotFoundException("model '%s' in project '%s' has no %s"
                        .formatted(model.name(), project.name(), missing(tx, model, ref))));
    }

    private static Optional<ModelVersion> named(MetadataTransaction tx, Model model, ModelRef ref) {
        String version = ref.version();
        String alias = ref.alias();
        if (version != null) {
            return tx.models().findVersion(model.id(), version);
        }
        return alias == null || alias.equals(ModelRef.LATEST)
                ? tx.models().latestVersion(model.id())
                : tx.models().findAlias(model.id(), Alias.of(alias));
    }

    private static String missing(MetadataTransaction tx, Model model, ModelRef ref) {
        Optional<ModelVersion> newest = tx.models().latestVersion(model.id());
        if (newest.isEmpty()) {
            return "versions";
        }
        return ref.version() == null
                ? "alias '%s'; it has %s".formatted(ref.alias(), tx.models().aliases(model.id()))
                : "version '%s'; its newest is %s"
                        .formatted(ref.version(), newest.get().version());
    }

    /**
     * A version with its model.
     *
     * @param model the model
     * @param version the version
     */
    record Owned(Model model, ModelVersion version) {}
}
