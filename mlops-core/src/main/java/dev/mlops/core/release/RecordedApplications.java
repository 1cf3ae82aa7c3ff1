package dev.mlops.core.release;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.page.Listing;
import dev.mlops.api.release.Application;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Applications;
import dev.mlops.api.release.Release;
import dev.mlops.api.release.ReleaseOptions;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.List;
import java.util.Optional;

/** Applications, versions and releases kept in the metadata store alone. Thread-safe. */
public final class RecordedApplications implements Applications {
    private final ProjectContext context;
    private final ApplicationAccess access;
    private final ReleaseEvents events;
    private final Releaser releaser;

    /** The applications of a project, as the caller of the context sees them. */
    public RecordedApplications(ProjectContext context) {
        this.context = context;
        this.access = new ApplicationAccess(context);
        this.events = new ReleaseEvents(context);
        this.releaser = new Releaser(context);
    }

    @Override
    public Application create(String name, String description) {
        ResourceName.check("application name", name);
        ResourceName.checkText("application description", description, 4096);
        return context.write(tx -> make(tx, name, description));
    }

    private Application make(MetadataTransaction tx, String name, String description) {
        context.requireOnProject(tx, Privilege.EDIT);
        Application application = new Application(
                context.newId(),
                context.projectId(),
                name,
                description,
                null,
                context.principal().name(),
                context.now());
        tx.applications().insert(application);
        events.created(tx, application);
        return application;
    }

    @Override
    public Optional<Application> find(String name) {
        return context.read(tx -> access.find(tx, name));
    }

    @Override
    public Listing<Application> list() {
        return Listing.of(
                page -> context.read(tx -> tx.applications().list(context.projectId(), context.principal(), page)));
    }

    @Override
    public ApplicationVersion createVersion(
            String name, List<ModelVersion> models, List<DatasetVersion> datasets, String comment) {
        ResourceName.check("application name", name);
        ResourceName.checkText("comment", comment, 512);
        if (models.isEmpty() && datasets.isEmpty()) {
            throw new InvalidInputException("models", models, "and data sets must not both be empty");
        }
        try {
            return context.write(tx -> insertVersion(tx, name, models, datasets, comment));
        } catch (AlreadyExistsException anotherMadeTheApplication) {
            return context.write(tx -> insertVersion(tx, name, models, datasets, comment));
        }
    }

    private ApplicationVersion insertVersion(
            MetadataTransaction tx,
            String name,
            List<ModelVersion> models,
            List<DatasetVersion> datasets,
            String comment) {
        Application application =
                tx.applications().find(context.projectId(), name).isPresent()
                        ? access.require(tx, Privilege.EDIT, name)
                        : make(tx, name, "");
        Pins pins = new Pins(context);
        long number = tx.applications().allocateVersion(application.id());
        ApplicationVersion version = new ApplicationVersion(
                context.newId(),
                context.projectId(),
                application.id(),
                "%s/%s:%d".formatted(context.project().name(), name, number),
                number,
                comment,
                pins.models(tx, models),
                pins.datasets(tx, datasets),
                context.principal().name(),
                context.now());
        tx.applications().insertVersion(version);
        events.versionCreated(tx, version);
        return version;
    }

    @Override
    public ApplicationVersion version(String name, long number) {
        return context.read(tx -> {
            Application application = access.require(tx, Privilege.READ, name);
            return tx.applications()
                    .findVersion(application.id(), number)
                    .orElseThrow(() -> new NotFoundException("application '%s' in project '%s' has no version %d"
                            .formatted(name, context.project().name(), number)));
        });
    }

    @Override
    public Listing<ApplicationVersion> versions(String name) {
        return Listing.of(page -> context.read(tx -> tx.applications()
                .versions(access.require(tx, Privilege.READ, name).id(), page)));
    }

    @Override
    public Release release(ApplicationVersion version, ReleaseOptions options) {
        return context.write(tx -> releaser.release(tx, version, options));
    }

    @Override
    public Release rollback(Release current) {
        return context.write(tx -> releaser.rollback(tx, current));
    }

    @Override
    public Optional<Release> current(String name) {
        return context.read(tx -> Optional.ofNullable(
                        access.require(tx, Privilege.READ, name).currentReleaseId())
                .flatMap(tx.applications()::findRelease));
    }

    @Override
    public Listing<Release> releases(String name) {
        return Listing.of(page -> context.read(tx -> tx.applications()
                .releases(access.require(tx, Privilege.READ, name).id(), page)));
    }

    @Override
    public void deleteVersion(ApplicationVersion version) {
        context.write(tx -> {
            ApplicationVersion stored = access.require(tx, Privilege.DELETE, version);
            List<String> users = tx.applications().users(stored.id());
            if (!users.isEmpty()) {
                throw new ResourceInUseException("application version " + stored.reference(), users);
            }
            tx.applications().deleteVersion(stored.id());
            events.versionDestroyed(tx, stored);
            return stored;
        });
    }

    @Override
    public void destroy(String name) {
        context.write(tx -> {
            Application application = access.require(tx, Privilege.DELETE, name);
            tx.applications().delete(application.id());
            tx.grants().deleteAll(Asset.application(application.id()));
            events.destroyed(tx, application);
            return application;
        });
    }
}
