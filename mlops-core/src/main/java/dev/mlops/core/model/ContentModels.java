package dev.mlops.core.model;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasChange;
import dev.mlops.api.model.AliasExpectation;
import dev.mlops.api.model.ImportOptions;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelQuery;
import dev.mlops.api.model.ModelRef;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelSpec;
import dev.mlops.api.model.ModelUpdate;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.page.Listing;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The registry with metadata in the metadata store and files in the content store. A version is made in one transaction
 * after its bytes are stored, so it is there as a whole or not at all. Thread-safe.
 */
public final class ContentModels implements ModelRegistry {
    private final ProjectContext context;
    private final ImportLimits limits;
    private final ModelAccess access;
    private final ModelEvents events;
    private final AliasMoves aliasMoves;

    /** The models of a project, as the caller of the context sees them. */
    public ContentModels(ProjectContext context) {
        this(context, ImportLimits.DEFAULT);
    }

    ContentModels(ProjectContext context, ImportLimits limits) {
        this.context = context;
        this.limits = limits;
        this.access = new ModelAccess(context);
        this.events = new ModelEvents(context);
        this.aliasMoves = new AliasMoves(context);
    }

    @Override
    public Model create(ModelSpec spec) {
        return context.write(tx -> {
            context.requireOnProject(tx, Privilege.EDIT);
            String id = context.once(
                    tx,
                    spec.idempotencyKey(),
                    "model",
                    arguments(spec),
                    () -> new ModelMaker(context).make(tx, spec).id());
            return tx.models()
                    .findById(id)
                    .orElseThrow(() -> context.notFound("the model '" + spec.name() + "' that this key made"));
        });
    }

    private static String arguments(ModelSpec spec) {
        return String.join(
                "\n",
                spec.name(),
                spec.description(),
                new TreeSet<>(spec.labels()).toString(),
                spec.documents().toString(),
                spec.numbering().name());
    }

    @Override
    public Model model(String name) {
        return context.read(tx -> access.require(tx, Privilege.READ, name));
    }

    @Override
    public Optional<Model> find(String name) {
        return context.read(tx -> access.find(tx, name));
    }

    @Override
    public Listing<Model> list(ModelQuery query) {
        return Listing.of(
                page -> context.read(tx -> tx.models().list(context.projectId(), query, context.principal(), page)));
    }

    @Override
    public Model update(String name, ModelUpdate update) {
        return context.write(tx -> {
            Model before = access.require(tx, Privilege.EDIT, name);
            Model after = changed(before, update);
            tx.models().update(after);
            events.updated(tx, before, after);
            return after;
        });
    }

    private Model changed(Model model, ModelUpdate update) {
        return new Model(
                model.id(),
                model.projectId(),
                model.name(),
                Objects.requireNonNullElse(update.description(), model.description()),
                Objects.requireNonNullElse(update.labels(), model.labels()),
                Objects.requireNonNullElse(update.documents(), model.documents()),
                model.numbering(),
                model.createdBy(),
                model.createdAt(),
                context.now());
    }

    @Override
    public void destroy(String name) {
        context.write(tx -> {
            Model model = access.require(tx, Privilege.DELETE, name);
            tx.models().aliases(model.id()).keySet().forEach(alias -> unset(tx, model, alias));
            List<String> users = users(tx, model);
            if (!users.isEmpty()) {
                throw new ResourceInUseException("model '" + name + "'", users);
            }
            tx.models().delete(model.id());
            tx.grants().deleteAll(Asset.model(model.id()));
            events.destroyed(tx, model);
            return model;
        });
    }

    /** Takes an alias off a model that goes away itself, so that it does not count as a user of a version. */
    private void unset(MetadataTransaction tx, Model model, Alias alias) {
        String from = tx.models()
                .lockAlias(model.id(), alias)
                .map(ModelVersion::version)
                .orElse(null);
        String by = context.principal().name();
        tx.models().moveAlias(model.id(), null, new AliasChange(alias, from, null, by, context.now()));
    }

    private static List<String> users(MetadataTransaction tx, Model model) {
        List<String> users = new ArrayList<>();
        Listing.of((PageRequest page) -> tx.models().versions(model.id(), page)).stream()
                .forEach(version -> tx.models()
                        .users(version.id())
                        .forEach(user -> users.add("%s (version %s)".formatted(user, version.version()))));
        return users.subList(0, Math.min(users.size(), 20));
    }

    @Override
    public ModelVersion importVersion(String name, ImportSource source, ImportOptions options) {
        return new ModelImport(context, limits, name, source, options).run();
    }

    @Override
    public ModelVersion version(ModelRef ref) {
        return context.read(tx -> access.resolve(tx, ref));
    }

    @Override
    public Listing<ModelVersion> versions(String name) {
        return Listing.of(page -> context.read(tx ->
                tx.models().versions(access.require(tx, Privilege.READ, name).id(), page)));
    }

    @Override
    public AliasChange setAlias(ModelVersion to, Alias alias, AliasExpectation expected) {
        return context.write(tx -> {
            ModelAccess.Owned owned = access.requireHere(tx, Privilege.PUBLISH, to);
            return aliasMoves.move(tx, owned.model(), alias, owned.version(), expected);
        });
    }

    @Override
    public AliasChange removeAlias(String name, Alias alias, AliasExpectation expected) {
        return context.write(tx -> {
            Model model = access.require(tx, Privilege.PUBLISH, name);
            if (tx.models().lockAlias(model.id(), alias).isEmpty()) {
                throw new NotFoundException("model '%s' has no alias '%s'".formatted(name, alias));
            }
            return aliasMoves.move(tx, model, alias, null, expected);
        });
    }

    @Override
    public Map<Alias, String> aliases(String name) {
        return context.read(tx ->
                tx.models().aliases(access.require(tx, Privilege.READ, name).id()));
    }

    @Override
    public Listing<AliasChange> aliasHistory(String name, Alias alias) {
        return Listing.of(page -> context.read(tx -> tx.models()
                .aliasHistory(access.require(tx, Privilege.READ, name).id(), alias, page)));
    }

    @Override
    public InputStream open(ModelVersion version, String path) {
        ModelVersion stored = stored(version);
        ModelFile file = stored.files().stream()
                .filter(one -> one.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("model version %s has no file '%s'; it has %s"
                        .formatted(stored.reference(), path, paths(stored))));
        return context.content().open(file.sha256());
    }

    private static List<String> paths(ModelVersion version) {
        return version.files().stream().map(ModelFile::path).limit(20).toList();
    }

    @Override
    public Path download(ModelVersion version, Path directory, ProgressListener progress, Cancellation cancellation) {
        return new ModelDownload(context.content(), progress, cancellation).write(stored(version), directory);
    }

    private ModelVersion stored(ModelVersion version) {
        return context.read(tx -> access.require(tx, Privilege.READ, version).version());
    }

    @Override
    public void deleteVersion(ModelVersion version) {
        context.write(tx -> {
            ModelAccess.Owned owned = access.requireHere(tx, Privilege.DELETE, version);
            List<String> users = tx.models().users(owned.version().id());
            if (!users.isEmpty()) {
                throw new ResourceInUseException(
                        "model version " + owned.version().reference(), users);
            }
            tx.models().deleteVersion(owned.version().id());
            events.versionDestroyed(tx, owned.model(), owned.version());
            return owned;
        });
    }
}
