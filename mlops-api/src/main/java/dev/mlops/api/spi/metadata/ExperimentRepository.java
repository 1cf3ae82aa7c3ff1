package dev.mlops.api.spi.metadata;

import dev.mlops.api.access.Principal;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.LifecycleView;
import java.util.Optional;

/** Experiments. */
public interface ExperimentRepository {
    /** Inserts; {@link AlreadyExistsException} if the name is taken in the project. */
    void insert(Experiment experiment);

    /** By name, also deleted ones. */
    Optional<Experiment> find(String projectId, String name);

    /** By id, also deleted ones. */
    Optional<Experiment> findById(String id);

    /** Those that the viewer may read, by name. */
    Page<Experiment> list(String projectId, LifecycleView view, Principal viewer, PageRequest page);

    /** Replaces description and lifecycle. */
    void update(Experiment experiment);

    /** The next number for a run's name, counted from 1 and never given twice; locks the experiment until the end. */
    long nextRunNumber(String experimentId);
}
