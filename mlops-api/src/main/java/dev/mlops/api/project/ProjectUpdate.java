package dev.mlops.api.project;

import dev.mlops.api.access.Visibility;
import dev.mlops.api.name.ResourceName;
import org.jspecify.annotations.Nullable;

/**
 * What to change of a project; null leaves a thing as it is.
 *
 * @param visibility the new visibility, or null
 * @param description the new description of at most 4,096 characters, or null
 */
public record ProjectUpdate(
        @Nullable Visibility visibility, @Nullable String description) {
    /** Checks the description. */
    public ProjectUpdate {
        if (description != null) {
            ResourceName.checkText("project description", description, 4096);
        }
    }

    /** Changes the visibility alone. */
    public static ProjectUpdate visibility(Visibility visibility) {
        return new ProjectUpdate(visibility, null);
    }

    /** Changes the description alone. */
    public static ProjectUpdate description(String description) {
        return new ProjectUpdate(null, description);
    }
}
