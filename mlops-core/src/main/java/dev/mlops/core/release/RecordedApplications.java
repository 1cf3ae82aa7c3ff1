package dev.mlops.core.release;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.page.Listing;
import dev.mlops.api.release.Application;
import dev.mlops.api.release.ApplicationSpec;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.ApplicationVersionSpec;
import dev.mlops.api.release.Applications;
import dev.mlops.api.release.Release;
import dev.mlops.api.release.ReleaseOptions;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.ArrayList;
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
    public Application create(ApplicationSpec spec) {
        return context.write(tx -> {
            context.requireOnProject(tx, Privilege.EDIT);
            String id = context.once(
                    tx,
                    spec.idempotencyKey(),
                    "application",
                    spec.name() + "\0" + spec.description(),
                    () -> make(tx, spec.name(), spec.description()).id());
            return tx.applications().findById(id).orElseThrow(() -> context.notFound(access.describe(spec.name())));
        });
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
    public ApplicationVersion createVersion(String name, ApplicationVersionSpec spec) {
        ResourceName.check("application name", name);
        if (spec.models().isEmpty() && spec.datasets().isEmpty()) {
            throw new InvalidInputException("models", spec.models(), "and data sets must not both be empty");
        }
        try {
            return context.write(tx -> createVersion(tx, name, spec));
        } catch (AlreadyExistsException anotherMadeTheApplication) {
            return context.write(tx -> createVersion(tx, name, spec));
        }
    }

    private ApplicationVersion createVersion(MetadataTransaction tx, String name, ApplicationVersionSpec spec) {
        List<String> pinned = new ArrayList<>(List.of(name, spec.comment()));
        spec.models().forEach(version -> pinned.add(version.id()));
        spec.datasets().forEach(version -> pinned.add(version.id()));
        String id = context.once(
                tx,
                spec.idempotencyKey(),
                "application version",
                String.join("\0", pinned),
                () -> insertVersion(tx, name, spec).id());
        access.require(tx, Privilege.READ, name);
        return tx.applications()
                .findVersionById(id)
                .orElseThrow(() -> context.notFound("the version that was made of " + access.describe(name)));
    }

    private ApplicationVersion insertVersion(MetadataTransaction tx, String name, ApplicationVersionSpec spec) {
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
                spec.comment(),
                pins.models(tx, spec.models()),
                pins.datasets(tx, spec.datasets()),
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
