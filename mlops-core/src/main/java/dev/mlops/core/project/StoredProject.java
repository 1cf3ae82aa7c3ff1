package dev.mlops.core.project;

import dev.mlops.api.access.AccessControl;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.event.EventLog;
import dev.mlops.api.lineage.Lineage;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.project.Project;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.release.Applications;
import dev.mlops.api.run.RunTracker;
import dev.mlops.core.access.ProjectAccess;
import dev.mlops.core.context.ContextHolder;
import dev.mlops.core.context.ProjectContext;
import dev.mlops.core.dataset.ContentDatasets;
import dev.mlops.core.event.RecordedEvents;
import dev.mlops.core.lineage.RecordedLineage;
import dev.mlops.core.model.ContentModels;
import dev.mlops.core.release.RecordedApplications;
import dev.mlops.core.run.RecordedRuns;

/** One project with its services, for one caller. */
final class StoredProject implements Project, ContextHolder {
    private final ProjectContext context;
    private final RunTracker runs;
    private final DatasetStore datasets;
    private final ModelRegistry models;
    private final Applications applications;
    private final EventLog events;
    private final Lineage lineage;
    private final AccessControl access;

    StoredProject(ProjectContext context) {
        this.context = context;
        this.runs = new RecordedRuns(context);
        this.datasets = new ContentDatasets(context);
        this.models = new ContentModels(context);
        this.applications = new RecordedApplications(context);
        this.events = new RecordedEvents(context.store(), context.principal(), context.projectId());
        this.lineage = new RecordedLineage(context);
        this.access = new ProjectAccess(context);
    }

    @Override
    public ProjectContext context() {
        return context;
    }

    @Override
    public ProjectInfo info() {
        return context.project();
    }

    @Override
    public RunTracker runs() {
        return runs;
    }

    @Override
    public DatasetStore datasets() {
        return datasets;
    }

    @Override
    public ModelRegistry models() {
        return models;
    }

    @Override
    public Applications applications() {
        return applications;
    }

    @Override
    public EventLog events() {
        return events;
    }

    @Override
    public Lineage lineage() {
        return lineage;
    }

    @Override
    public AccessControl access() {
        return access;
    }

    @Override
    public String toString() {
        return "project " + name() + " as " + context.principal();
    }
}
