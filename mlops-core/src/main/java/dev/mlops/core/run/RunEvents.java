package dev.mlops.core.run;

import dev.mlops.api.access.Asset;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Run;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Records what happens to experiments and runs. Thread-safe. */
final class RunEvents {
    private final ProjectContext context;

    RunEvents(ProjectContext context) {
        this.context = context;
    }

    void record(
            MetadataTransaction tx,
            EventKind kind,
            Run run,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        String subject = "run %s (%s)".formatted(run.name(), run.id());
        context.record(tx, kind, Asset.experiment(run.experimentId()), subject, before, after);
    }

    void record(
            MetadataTransaction tx,
            EventKind kind,
            Experiment experiment,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        String subject = "experiment " + experiment.name();
        context.record(tx, kind, Asset.experiment(experiment.id()), subject, before, after);
    }

    static Map<String, Object> detail(Run run) {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("name", run.name());
        detail.put("experiment", run.experiment());
        detail.put("status", run.status());
        detail.put("lifecycle", run.lifecycle());
        if (run.failure() != null) {
            detail.put("failure", run.failure());
        }
        return detail;
    }

    static Map<String, Object> detail(Experiment experiment) {
        return Map.of(
                "name", experiment.name(),
                "description", experiment.description(),
                "lifecycle", experiment.lifecycle());
    }
}
