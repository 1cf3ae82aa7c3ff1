package dev.mlops.api.project;

import dev.mlops.api.access.AccessControl;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.event.EventLog;
import dev.mlops.api.lineage.Lineage;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.release.Applications;
import dev.mlops.api.run.RunTracker;

/**
 * One project, as its caller sees it: the way to everything inside. Thread-safe, cheap to make and to drop; nothing to
 * close. Every call is checked against the caller's grants at the time of the call.
 */
public interface Project {
    /** What was known of the project when this was opened. */
    ProjectInfo info();

    /** Its name. */
    default String name() {
        return info().name();
    }

    /** Experiments and runs. */
    RunTracker runs();

    /** Data sets. */
    DatasetStore datasets();

    /** Models. */
    ModelRegistry models();

    /** Applications and their releases. */
    Applications applications();

    /** What happened in this project. */
    EventLog events();

    /** Where things come from; reaches into other projects as far as the caller may see them. */
    Lineage lineage();

    /** Who may do what. */
    AccessControl access();
}
