package dev.mlops.core.release;

import dev.mlops.api.access.Asset;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.release.Application;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Pin;
import dev.mlops.api.release.Release;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records what happens to applications, their versions and releases. */
final class ReleaseEvents {
    private final ProjectContext context;

    ReleaseEvents(ProjectContext context) {
        this.context = context;
    }

    void created(MetadataTransaction tx, Application application) {
        record(tx, EventKind.CREATED, application.id(), words(application), null, detail(application));
    }

    void destroyed(MetadataTransaction tx, Application application) {
        record(tx, EventKind.DESTROYED, application.id(), words(application), detail(application), null);
    }

    void versionCreated(MetadataTransaction tx, ApplicationVersion version) {
        record(tx, EventKind.CREATED, version.applicationId(), words(version), null, detail(version));
    }

    void versionDestroyed(MetadataTransaction tx, ApplicationVersion version) {
        record(tx, EventKind.DESTROYED, version.applicationId(), words(version), detail(version), null);
    }

    void released(MetadataTransaction tx, @Nullable Release before, Release after) {
        boolean forward = after.kind() == Release.Kind.RELEASE;
        record(
                tx,
                forward ? EventKind.RELEASED : EventKind.ROLLED_BACK,
                after.applicationId(),
                (forward ? "release " : "rollback ") + after.number() + " of " + words(after.version()),
                before == null ? null : detail(before),
                detail(after));
    }

    private void record(
            MetadataTransaction tx,
            EventKind kind,
            String applicationId,
            String subject,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        context.record(tx, kind, Asset.application(applicationId), subject, before, after);
    }

    private static String words(Application application) {
        return "application " + application.name();
    }

    private static String words(ApplicationVersion version) {
        return "application version "
                + version.reference().substring(version.reference().indexOf('/') + 1);
    }

    private static Map<String, Object> detail(Application application) {
        return Map.of("name", application.name(), "description", application.description());
    }

    private static Map<String, Object> detail(ApplicationVersion version) {
        return Map.of(
                "version", version.number(),
                "comment", version.comment(),
                "models", references(version.models()),
                "datasets", references(version.datasets()));
    }

    private static Map<String, Object> detail(Release release) {
        Map<String, Object> detail = new LinkedHashMap<>(detail(release.version()));
        detail.put("release", release.number());
        if (release.alias() != null) {
            detail.put("alias", release.alias());
        }
        return detail;
    }

    private static List<String> references(List<Pin> pins) {
        return pins.stream().map(Pin::reference).toList();
    }
}
