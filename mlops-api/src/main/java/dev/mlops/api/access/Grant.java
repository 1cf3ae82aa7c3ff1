package dev.mlops.api.access;

import java.time.Instant;

/**
 * A privilege that somebody was given.
 *
 * @param projectId the project
 * @param asset the project itself, or one asset in it
 * @param subject who has it
 * @param privilege what they may do
 * @param grantedBy who gave it
 * @param grantedAt when
 */
public record Grant(
        String projectId, Asset asset, Subject subject, Privilege privilege, String grantedBy, Instant grantedAt) {
    /** Such as {@code edit on model 01J… for group vision}. */
    @Override
    public String toString() {
        return "%s on %s %s for %s".formatted(privilege, asset.kind().label(), asset.id(), subject);
    }
}
