package dev.mlops.core.release;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.release.Application;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Release;
import dev.mlops.api.release.ReleaseOptions;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings versions into force inside one transaction: the release, the aliases and the events, or none of them. */
final class Releaser {
    private final ProjectContext context;
    private final ApplicationAccess access;
    private final ReleaseEvents events;
    private final ReleasedAliases aliases;

    Releaser(ProjectContext context) {
        this.context = context;
        this.access = new ApplicationAccess(context);
        this.events = new ReleaseEvents(context);
        this.aliases = new ReleasedAliases(context);
    }

    Release release(MetadataTransaction tx, ApplicationVersion wanted, ReleaseOptions options) {
        ApplicationVersion version = access.require(tx, Privilege.DEPLOY, wanted);
        String id = context.once(
                tx,
                options.idempotencyKey(),
                "release",
                arguments(version, options),
                () -> releaseNow(tx, version, options).id());
        return tx.applications().findRelease(id).orElseThrow(() -> context.notFound("the release that this key made"));
    }

    private Release releaseNow(MetadataTransaction tx, ApplicationVersion version, ReleaseOptions options) {
        long number = tx.applications().allocateRelease(version.applicationId()); // locks: what follows sees no change
        Release current = current(tx, version.applicationId()).orElse(null);
        options.expectedCurrent().ifPresent(expected -> checkInForce(version, current, expected));
        Alias alias = options.alias().orElse(null);
        if (alias != null) {
            aliases.move(tx, alias, List.of(), version.models());
        }
        return insert(tx, new Step(number, Release.Kind.RELEASE, version, alias, null), current);
    }

    private static String arguments(ApplicationVersion version, ReleaseOptions options) {
        return version.id() + "\n"
                + options.alias().map(Alias::name).orElse("") + "\n"
                + options.expectedCurrent().map(Release::id).orElse("");
    }

    Release rollback(MetadataTransaction tx, Release asked) {
        Release stored = access.require(tx, Privilege.DEPLOY, asked);
        ApplicationVersion version = stored.version();
        long number = tx.applications().allocateRelease(stored.applicationId());
        Release current = current(tx, stored.applicationId()).orElse(null);
        checkInForce(version, current, stored);
        Release target = before(tx, stored)
                .orElseThrow(() -> new NotFoundException("nothing was in force before release %d of %s"
                        .formatted(stored.number(), version.reference())));
        Alias alias = stored.alias();
        if (alias != null) {
            aliases.move(tx, alias, version.models(), target.version().models());
        }
        Step step = new Step(number, Release.Kind.ROLLBACK, target.version(), alias, target.id());
        Release rollback = insert(tx, step, current);
        return tx.applications().findRelease(rollback.id()).orElse(rollback);
    }

    /**
     * The step forward before the one that a release stands for. A rollback stands for the step that it brought back,
     * so a second rollback goes further back rather than to and fro.
     */
    private static Optional<Release> before(MetadataTransaction tx, Release release) {
        return standsFor(tx, release)
                .flatMap(step -> find(tx, step.replacedId()))
                .flatMap(step -> standsFor(tx, step));
    }

    private static Optional<Release> standsFor(MetadataTransaction tx, Release release) {
        return release.kind() == Release.Kind.RELEASE ? Optional.of(release) : find(tx, release.restoresId());
    }

    private static Optional<Release> find(MetadataTransaction tx, @Nullable String id) {
        return id == null ? Optional.empty() : tx.applications().findRelease(id);
    }

    private Optional<Release> current(MetadataTransaction tx, String applicationId) {
        Application application = access.reread(tx, applicationId);
        return find(tx, application.currentReleaseId());
    }

    private static void checkInForce(ApplicationVersion version, @Nullable Release current, Release expected) {
        if (current == null || !current.id().equals(expected.id())) {
            throw conflict(version, current, expected);
        }
    }

    private static ConflictException conflict(
            ApplicationVersion version, @Nullable Release current, @Nullable Release expected) {
        String name = version.reference().substring(0, version.reference().lastIndexOf(':'));
        return new ConflictException(
                "%s is in force for application %s, not %s".formatted(words(current), name, words(expected)));
    }

    private static String words(@Nullable Release release) {
        return release == null
                ? "no release"
                : "release %d (version %d)"
                        .formatted(release.number(), release.version().number());
    }

    private Release insert(MetadataTransaction tx, Step step, @Nullable Release current) {
        Release release = new Release(
                context.newId(),
                context.projectId(),
                step.version().applicationId(),
                step.number(),
                step.kind(),
                step.version(),
                step.alias(),
                current == null ? null : current.id(),
                step.restoresId(),
                context.principal().name(),
                context.now());
        if (!tx.applications().insertRelease(release, release.replacedId())) {
            throw conflict(step.version(), current(tx, release.applicationId()).orElse(null), current);
        }
        events.released(tx, current, release);
        return release;
    }

    private record Step(
            long number,
            Release.Kind kind,
            ApplicationVersion version,
            @Nullable Alias alias,
            @Nullable String restoresId) {}
}
