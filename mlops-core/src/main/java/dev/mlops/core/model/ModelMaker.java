package dev.mlops.core.model;

import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelSpec;
import dev.mlops.api.model.VersionNumbering;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.time.Instant;

/** Makes models inside a transaction whose caller has checked access. */
final class ModelMaker {
    private final ProjectContext context;

    ModelMaker(ProjectContext context) {
        this.context = context;
    }

    Model make(MetadataTransaction tx, String name, VersionNumbering numbering) {
        return make(tx, ModelSpec.builder(name).numbering(numbering).build());
    }

    Model make(MetadataTransaction tx, ModelSpec spec) {
        Instant now = context.now();
        Model model = new Model(
                context.newId(),
                context.projectId(),
                spec.name(),
                spec.description(),
                spec.labels(),
                spec.documents(),
                spec.numbering(),
                context.principal().name(),
                now,
                now);
        tx.models().insert(model);
        new ModelEvents(context).created(tx, model);
        return model;
    }
}
