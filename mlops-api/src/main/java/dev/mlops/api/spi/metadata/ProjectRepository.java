package dev.mlops.api.spi.metadata;

import dev.mlops.api.access.Principal;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.project.ProjectInfo;
import java.util.List;
import java.util.Optional;

/** Projects. */
public interface ProjectRepository {
    /** Inserts; {@link AlreadyExistsException} if the name is taken. */
    void insert(ProjectInfo project);

    /** By name. */
    Optional<ProjectInfo> find(String name);

    /** By id. */
    Optional<ProjectInfo> findById(String id);

    /** Those that the viewer may read, or in which the viewer has any grant; by name. */
    Page<ProjectInfo> list(Principal viewer, PageRequest page);

    /** True if the viewer may read the project or has any grant in it. */
    boolean isVisible(String id, Principal viewer);

    /** Replaces visibility and description. */
    void update(ProjectInfo project);

    /** What is in a project, in words with counts, such as {@code 2 models}; deleted experiments and runs count. */
    List<String> contents(String id);

    /** Deletes an empty project with its grants, events and idempotency keys. */
    void delete(String id);
}
