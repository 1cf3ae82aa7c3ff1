package dev.mlops.core.project;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Grant;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.page.Listing;
import dev.mlops.api.project.Project;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.project.ProjectSpec;
import dev.mlops.api.project.ProjectUpdate;
import dev.mlops.api.project.Projects;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.Idempotency;
import dev.mlops.core.context.ProjectContext;
import dev.mlops.core.context.StoreContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The projects in the metadata store, for one caller. Thread-safe. */
public final class StoredProjects implements Projects {
    private final StoreContext store;
    private final Principal principal;

    /** Makes the view of one caller. */
    public StoredProjects(StoreContext store, Principal principal) {
        this.store = store;
        this.principal = principal;
    }

    @Override
    public Project create(ProjectSpec spec) {
        ProjectInfo project = store.write(tx -> {
            String id = Idempotency.once(
                    tx,
                    "principal:" + principal.name(),
                    spec.idempotencyKey(),
                    "project",
                    String.join("\n", spec.name(), spec.visibility().name(), spec.description()),
                    store.now(),
                    () -> insert(tx, spec));
            return tx.projects().findById(id).orElseThrow(() -> notFound(spec.name()));
        });
        return open(project);
    }

    @Override
    public Project openOrCreate(String name) {
        ResourceName.check("project name", name);
        Optional<ProjectInfo> found = find(name);
        if (found.isPresent()) {
            return open(found.get());
        }
        try {
            return create(name);
        } catch (AlreadyExistsException e) {
            // Somebody else was faster, or the caller may not see the project: the latter is told as "taken".
            return find(name).map(this::open).orElseThrow(() -> e);
        }
    }

    @Override
    public Project open(String name) {
        return open(find(name).orElseThrow(() -> notFound(name)));
    }

    @Override
    public Optional<ProjectInfo> find(String name) {
        return store.read(tx ->
                tx.projects().find(name).filter(project -> tx.projects().isVisible(project.id(), principal)));
    }

    @Override
    public Listing<ProjectInfo> list() {
        return Listing.of(request -> store.read(tx -> tx.projects().list(principal, request)));
    }

    @Override
    public ProjectInfo update(String name, ProjectUpdate update) {
        return store.write(tx -> {
            ProjectContext context = administered(tx, name);
            ProjectInfo before = context.project();
            ProjectInfo after = new ProjectInfo(
                    before.id(),
                    before.name(),
                    update.visibility() == null ? before.visibility() : update.visibility(),
                    update.description() == null ? before.description() : update.description(),
                    before.createdBy(),
                    before.createdAt());
            tx.projects().update(after);
            context.record(
                    tx, EventKind.UPDATED, Asset.project(before.id()), subject(name), detail(before), detail(after));
            return after;
        });
    }

    @Override
    public void delete(String name) {
        store.<Boolean>write(tx -> {
            ProjectContext context = administered(tx, name);
            List<String> contents = tx.projects().contents(context.projectId());
            if (!contents.isEmpty()) {
                throw new ResourceInUseException(subject(name), contents);
            }
            tx.projects().delete(context.projectId());
            return true;
        });
    }

    private String insert(MetadataTransaction tx, ProjectSpec spec) {
        if (principal.kind() == Principal.Kind.ANONYMOUS) {
            throw new AccessDeniedException(principal.name(), "create projects", "this store");
        }
        ProjectInfo project = new ProjectInfo(
                store.newId(), spec.name(), spec.visibility(), spec.description(), principal.name(), store.now());
        Asset asset = Asset.project(project.id());
        tx.projects().insert(project);
        tx.grants()
                .insert(new Grant(
                        project.id(),
                        asset,
                        Subject.user(principal.name()),
                        Privilege.ADMIN,
                        principal.name(),
                        store.now()));
        store.project(principal, project)
                .record(tx, EventKind.CREATED, asset, subject(spec.name()), null, detail(project));
        return project.id();
    }

    private ProjectContext administered(MetadataTransaction tx, String name) {
        ProjectInfo project = tx.projects()
                .find(name)
                .filter(found -> tx.projects().isVisible(found.id(), principal))
                .orElseThrow(() -> notFound(name));
        ProjectContext context = store.project(principal, project);
        context.requireOnProject(tx, Privilege.ADMIN);
        return context;
    }

    private Project open(ProjectInfo project) {
        return new StoredProject(store.project(principal, project));
    }

    private NotFoundException notFound(String name) {
        return new NotFoundException(
                principal.isSystem()
                        ? subject(name) + " does not exist"
                        : "%s does not exist, or %s may not see it".formatted(subject(name), principal.name()));
    }

    private static String subject(String name) {
        return "project '" + name + "'";
    }

    private static Map<String, ?> detail(ProjectInfo project) {
        return Map.of("visibility", project.visibility(), "description", project.description());
    }
}
