package dev.mlops.core.release;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.release.Application;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Release;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.Optional;

/** Finds applications of one project and what belongs to them, and checks what the caller may do with them. */
final class ApplicationAccess {
    private final ProjectContext context;

    ApplicationAccess(ProjectContext context) {
        this.context = context;
    }

    Optional<Application> find(MetadataTransaction tx, String name) {
        return tx.applications()
                .find(context.projectId(), name)
                .filter(one -> context.may(tx, Privilege.READ, one.projectId(), Asset.application(one.id())));
    }

    Application require(MetadataTransaction tx, Privilege privilege, String name) {
        Application application =
                tx.applications().find(context.projectId(), name).orElseThrow(() -> context.notFound(describe(name)));
        context.require(tx, privilege, Asset.application(application.id()), describe(name));
        return application;
    }

    /** The version as it is stored, whatever the caller's copy says. */
    ApplicationVersion require(MetadataTransaction tx, Privilege privilege, ApplicationVersion version) {
        String words = "application version " + version.reference();
        ApplicationVersion stored =
                tx.applications().findVersionById(version.id()).orElseThrow(() -> context.notFound(words));
        checkHere(stored.projectId(), words);
        context.require(tx, privilege, Asset.application(stored.applicationId()), words);
        return stored;
    }

    /** The release as it is stored, whatever the caller's copy says. */
    Release require(MetadataTransaction tx, Privilege privilege, Release release) {
        String words =
                "release %d of %s".formatted(release.number(), release.version().reference());
        Release stored = tx.applications().findRelease(release.id()).orElseThrow(() -> context.notFound(words));
        checkHere(stored.projectId(), words);
        context.require(tx, privilege, Asset.application(stored.applicationId()), words);
        return stored;
    }

    private void checkHere(String projectId, String words) {
        if (!projectId.equals(context.projectId())) {
            throw new InvalidInputException(
                    "application",
                    words,
                    "is not of project '%s'; use its own project"
                            .formatted(context.project().name()));
        }
    }

    /** An application that was found before in this transaction. */
    Application reread(MetadataTransaction tx, String id) {
        return tx.applications()
                .findById(id)
                .orElseThrow(() -> new NotFoundException("application " + id + " is gone"));
    }

    String describe(String name) {
        return "application '%s' in project '%s'"
                .formatted(name, context.project().name());
    }
}
