package dev.mlops.api.project;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.page.Listing;
import java.util.Optional;

/** The projects that the caller may see. Thread-safe. */
public interface Projects {
    /**
     * Makes a private project; the caller gets {@code admin} on it.
     *
     * @throws AlreadyExistsException if the name is taken, also by a project that the caller may not see
     */
    default Project create(String name) {
        return create(ProjectSpec.of(name));
    }

    /** Makes a project as {@link #create(String)} does, with more said about it. */
    Project create(ProjectSpec spec);

    /** Opens a project, or makes it as {@link #create(String)} does if there is none. */
    Project openOrCreate(String name);

    /**
     * Opens a project.
     *
     * @throws NotFoundException if there is none with this name, or the caller may see nothing in it
     */
    Project open(String name);

    /** A project by name, if there is one that the caller may see. */
    Optional<ProjectInfo> find(String name);

    /** The projects that the caller may see, by name. */
    Listing<ProjectInfo> list();

    /** Changes a project's visibility and description; needs {@code admin} on it. */
    ProjectInfo update(String name, ProjectUpdate update);

    /**
     * Deletes an empty project with its grants and events; needs {@code admin} on it.
     *
     * @throws ResourceInUseException if something is in it, with what
     */
    void delete(String name);
}
