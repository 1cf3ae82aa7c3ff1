package dev.mlops.core.context;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.project.Project;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.spi.metadata.IdempotencyRepository;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.content.ContentStore;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the services of one project share for one caller. Every service checks access through it, in the transaction
 * that reads or changes, and records every change with it. Thread-safe.
 */
public final class ProjectContext {
    private final StoreContext store;
    private final Principal principal;
    private final ProjectInfo project;

    ProjectContext(StoreContext store, Principal principal, ProjectInfo project) {
        this.store = store;
        this.principal = principal;
        this.project = project;
    }

    /** The context of a project that this SDK opened; other implementations are refused. */
    public static ProjectContext of(Project project) {
        if (project instanceof ContextHolder holder) {
            return holder.context();
        }
        throw new InvalidInputException("project", project, "was not opened by MlopsSdk or EmbeddedMlops");
    }

    /** The project. */
    public ProjectInfo project() {
        return project;
    }

    /** The project's id. */
    public String projectId() {
        return project.id();
    }

    /** Who calls. */
    public Principal principal() {
        return principal;
    }

    /** What all callers share. */
    public StoreContext store() {
        return store;
    }

    /** The store of all bytes. */
    public ContentStore content() {
        return store.content();
    }

    /** Runs short periodic work. */
    public ScheduledExecutorService background() {
        return store.background();
    }

    /** Runs work that may write, in one transaction. It may be run again when it loses a race. */
    public <T> T write(Function<? super MetadataTransaction, ? extends T> work) {
        return store.write(work);
    }

    /** Runs work that only reads, on one consistent state. */
    public <T> T read(Function<? super MetadataTransaction, ? extends T> work) {
        return store.read(work);
    }

    /** The time now, to the millisecond. */
    public Instant now() {
        return store.now();
    }

    /** A new id that sorts by time. */
    public String newId() {
        return store.newId();
    }

    /**
     * Checks that the caller has a privilege on an asset of this project.
     *
     * @param what the asset in words, such as {@code model 'digits' in project 'vision'}
     * @throws NotFoundException if the caller may not even read it
     * @throws AccessDeniedException if the caller may read it but lacks the privilege
     */
    public void require(MetadataTransaction tx, Privilege privilege, Asset asset, String what) {
        require(tx, privilege, project.id(), asset, what);
    }

    /** Checks an asset of any project, as {@link #require(MetadataTransaction, Privilege, Asset, String)} does. */
    public void require(MetadataTransaction tx, Privilege privilege, String projectId, Asset asset, String what) {
        Set<Privilege> granted = tx.grants().privileges(principal, projectId, asset);
        if (granted.stream().anyMatch(one -> one.implies(privilege))) {
            return;
        }
        if (granted.isEmpty()) {
            throw notFound(what);
        }
        throw new AccessDeniedException(principal.name(), privilege.toString(), what);
    }

    /** Checks that the caller has a privilege on this project itself. */
    public void requireOnProject(MetadataTransaction tx, Privilege privilege) {
        require(tx, privilege, Asset.project(project.id()), "project '" + project.name() + "'");
    }

    /** True if the caller has a privilege on an asset. */
    public boolean may(MetadataTransaction tx, Privilege privilege, String projectId, Asset asset) {
        return tx.grants().privileges(principal, projectId, asset).stream().anyMatch(one -> one.implies(privilege));
    }

    /** The exception for a thing that does not exist or that the caller may not see. */
    public NotFoundException notFound(String what) {
        return new NotFoundException(
                principal.isSystem()
                        ? what + " does not exist"
                        : what + " does not exist, or " + principal.name() + " may not see it");
    }

    /** The project with this name, if the caller may see anything in it; this project if there is no name. */
    public ProjectInfo projectNamed(MetadataTransaction tx, Optional<String> name) {
        if (name.isEmpty() || name.get().equals(project.name())) {
            return project;
        }
        return tx.projects()
                .find(name.get())
                .filter(found -> tx.projects().isVisible(found.id(), principal))
                .orElseThrow(() -> notFound("project '" + name.get() + "'"));
    }

    /**
     * Appends an event to the transaction.
     *
     * @param asset the asset on which grants are checked when the event is read
     * @param subject what it happened to, in words, such as {@code model version digits:3}
     * @param before what was, as JSON values by name; null when there was nothing
     * @param after what is, as JSON values by name; null when nothing is left
     */
    public void record(
            MetadataTransaction tx,
            EventKind kind,
            Asset asset,
            String subject,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        tx.events()
                .append(new Event(
                        "",
                        project.id(),
                        now(),
                        principal.name(),
                        kind,
                        asset,
                        subject,
                        EventDetail.toJson(before),
                        EventDetail.toJson(after)));
    }

    /**
     * Makes a thing once per idempotency key.
     *
     * @param key the caller's key, or empty to make it in any case
     * @param kind what kind of thing, such as {@code model}
     * @param arguments a text that is equal for equal arguments
     * @param create makes the thing and gives its id
     * @return the id of the thing made now or before
     * @throws ConflictException if the key came before with other arguments
     */
    public String once(
            MetadataTransaction tx,
            Optional<IdempotencyKey> key,
            String kind,
            String arguments,
            Supplier<String> create) {
        return Idempotency.once(tx, project.id(), key, kind, arguments, now(), create);
    }

    /** What a key made before, if it made something with equal arguments; for checks before long work. */
    public Optional<String> madeBefore(
            MetadataTransaction tx, Optional<IdempotencyKey> key, String kind, String arguments) {
        return key.flatMap(one -> Idempotency.find(tx, project.id(), one, kind, arguments))
                .map(IdempotencyRepository.Entry::resourceId);
    }
}
