package dev.mlops.jdbc;

import dev.mlops.api.access.Principal;
import org.jdbi.v3.core.statement.Query;

/** The access filter of lists: which rows a principal has {@code read} on. */
final class Viewer {
    /** True where a grant (of whatever privilege: all imply read) is held by the viewer or one of the groups. */
    private static final String HOLDS = """
            (access_grant.subject_kind = :viewerKind AND access_grant.subject_name = :viewerName
             OR access_grant.subject_kind = 'GROUP' AND access_grant.subject_name IN <viewerGroups>)""";

    private static final String SEES = """
            (:viewerKind = 'SYSTEM' OR %1$s = 'PUBLIC' OR %1$s = 'INTERNAL' AND :viewerKind = 'USER'
             OR EXISTS (SELECT 1 FROM access_grant WHERE access_grant.project_id = %2$s%3$s
                           AND\s""" + HOLDS + "))";

    private Viewer() {}

    /** A condition on the visibility, the project and the asset in these columns; bind it with {@link #bind}. */
    static String mayRead(String visibility, String projectId, String assetId) {
        return SEES.formatted(
                visibility, projectId, " AND access_grant.asset_id IN (" + projectId + ", " + assetId + ")");
    }

    /** As {@link #mayRead}, or any grant inside the project. */
    static String mayEnter(String visibility, String projectId) {
        return SEES.formatted(visibility, projectId, "");
    }

    /** A condition on {@code access_grant} alone. */
    static String holds() {
        return HOLDS;
    }

    /** Binds what the conditions of this class name. */
    static Query bind(Query query, Principal viewer) {
        return query.bind("viewerKind", viewer.kind().name())
                .bind("viewerName", viewer.name())
                .bind("viewerGroups", Json.array(viewer.groups()));
    }
}
