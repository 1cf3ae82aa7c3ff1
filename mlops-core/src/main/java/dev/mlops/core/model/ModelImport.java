package dev.mlops.core.model;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.model.ImportOptions;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelSpec;
import dev.mlops.api.model.ModelStatus;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.model.Signature;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.context.ProjectContext;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One import: look whether it can be done, store the bytes, check them, and make the version visible in one transaction.
 * Whatever ends it before that leaves at most bytes to which nothing refers. Confined to one call.
 */
final class ModelImport {
    private static final String KIND = "model version";
    private static final int MAX_ATTEMPTS = 1_000;

    private final ProjectContext context;
    private final ImportLimits limits;
    private final String name;
    private final ImportSource source;
    private final ImportOptions options;
    private final ImportOrigin origin;
    private final VersionNumbers numbers;
    private final ModelMaker models;

    ModelImport(ProjectContext context, ImportLimits limits, String name, ImportSource source, ImportOptions options) {
        this.context = context;
        this.limits = limits;
        this.name = ModelSpec.of(name).name();
        this.source = source;
        this.options = options;
        this.origin = new ImportOrigin(context, source, options);
        this.numbers = new VersionNumbers(options.version());
        this.models = new ModelMaker(context);
    }

    ModelVersion run() {
        Plan plan = context.read(this::plan);
        ModelVersion before = plan.madeBefore();
        if (before != null) {
            return before;
        }
        options.cancellation().check("import of a version of model '" + name + "'");
        try (ContentWriter content = context.content().writer(options.cancellation())) {
            List<ModelFile> files = sorted(plan.artifacts().isEmpty() ? store(content) : plan.artifacts());
            plan.artifacts().forEach(artifact -> reuse(content, artifact));
            content.flush();
            Signature signature = ModelFiles.checkedSignature(context.content(), files);
            options.cancellation().check("import of a version of model '" + name + "'");
            return commit(new Content(files, ModelFiles.digest(files), signature, content));
        }
    }

    private void reuse(ContentWriter content, ModelFile artifact) {
        if (content.reuse(artifact.sha256()).isEmpty()) {
            throw new IntegrityException("the bytes of '%s' of %s are missing or damaged"
                    .formatted(artifact.path(), FileSets.describe(source)));
        }
    }

    /** All checks that need no bytes, so that a refused import is refused at once. */
    private Plan plan(MetadataTransaction tx) {
        Optional<Model> model = target(tx);
        Optional<String> before = context.madeBefore(tx, options.idempotencyKey(), KIND, arguments());
        if (before.isPresent()) {
            return new Plan(version(tx, before.get()), List.of());
        }
        model.ifPresent(one -> numbers.check(tx, one));
        origin.datasetVersionIds(tx);
        return new Plan(null, origin.artifacts(tx, limits));
    }

    private Optional<Model> target(MetadataTransaction tx) {
        Optional<Model> model = tx.models().find(context.projectId(), name);
        if (model.isPresent()) {
            new ModelAccess(context).require(tx, Privilege.EDIT, name);
        } else {
            context.requireOnProject(tx, Privilege.EDIT);
        }
        return model;
    }

    private List<ModelFile> store(ContentWriter writer) {
        List<ModelFile> stored = new ArrayList<>();
        try (FileSet files = FileSets.open(source, limits)) {
            writer.putAll(
                    files.files().iterator(),
                    (file, content) ->
                            stored.add(new ModelFile(((NamedContent) file).path(), content.size(), content.digest())),
                    options.progress(),
                    options.cancellation());
            return stored;
        } catch (IOException e) {
            throw ReadFailures.of("cannot read " + FileSets.describe(source), e);
        }
    }

    private static List<ModelFile> sorted(List<ModelFile> files) {
        return files.stream().sorted(Comparator.comparing(ModelFile::path)).toList();
    }

    /** Tries again when another made the model first, or when a deleted version had the number that was next. */
    private ModelVersion commit(Content content) {
        for (int attempt = 1; ; attempt++) {
            try {
                return context.write(tx -> commit(tx, content));
            } catch (AlreadyExistsException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw new ConflictException(
                            "no free version number of model '%s' was found; say one".formatted(name), e);
                }
            }
        }
    }

    private ModelVersion commit(MetadataTransaction tx, Content content) {
        Optional<Model> target = target(tx);
        String id = context.once(tx, options.idempotencyKey(), KIND, arguments(), () -> {
            Model model = target.orElseGet(() -> models.make(tx, name, numbers.ofNewModel()));
            return insert(tx, model, content);
        });
        return version(tx, id);
    }

    private String insert(MetadataTransaction tx, Model model, Content content) {
        origin.lock(tx);
        List<String> datasets = origin.datasetVersionIds(tx);
        long ordinal = tx.models().allocate(model.id());
        String number = numbers.choose(tx, model, ordinal);
        ModelVersion version = version(model, ordinal, number, content, datasets);
        try {
            tx.models().insertVersion(version);
        } catch (AlreadyExistsException e) {
            numbers.refused(model, number, e);
            throw e;
        }
        content.writer().use(tx, new ContentOwner(ContentOwner.Kind.MODEL_VERSION, version.id()));
        new ModelEvents(context).imported(tx, model, version);
        return version.id();
    }

    private ModelVersion version(Model model, long ordinal, String number, Content content, List<String> datasets) {
        return new ModelVersion(
                context.newId(),
                model.projectId(),
                model.id(),
                "%s/%s:%s".formatted(context.project().name(), model.name(), number),
                number,
                ordinal,
                options.title(),
                options.comment(),
                ModelStatus.READY,
                "",
                content.signature(),
                FileSets.describe(source),
                content.files(),
                content.digest(),
                origin.runId(),
                datasets,
                context.principal().name(),
                context.now());
    }

    private ModelVersion version(MetadataTransaction tx, String id) {
        return tx.models()
                .findVersionById(id)
                .orElseThrow(() -> context.notFound("the version of model '" + name + "' that this key made"));
    }

    private String arguments() {
        return String.join(
                "\n",
                name,
                FileSets.describe(source),
                options.version().orElse(""),
                options.title(),
                options.comment(),
                String.valueOf(origin.runId()),
                options.datasets().stream().map(one -> one.id()).toList().toString());
    }

    private record Plan(@Nullable ModelVersion madeBefore, List<ModelFile> artifacts) {}

    private record Content(
            List<ModelFile> files, Sha256 digest, @Nullable Signature signature, ContentWriter writer) {}
}
