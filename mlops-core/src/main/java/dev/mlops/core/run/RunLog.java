package dev.mlops.core.run;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Metric;
import dev.mlops.api.run.Run;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes to one run, each call in one transaction that checks the run's status. Thread-safe. */
final class RunLog {
    static final int MAX_PARAM = 6_000;
    static final int MAX_TAG = 8_000;

    private final ProjectContext context;
    private final RunGuard guard;
    private final RunEvents events;
    private final String runId;

    RunLog(ProjectContext context, String runId) {
        this.context = context;
        this.guard = new RunGuard(context);
        this.events = new RunEvents(context);
        this.runId = runId;
    }

    void params(Map<String, ?> params) {
        Map<String, String> texts = new TreeMap<>();
        params.forEach((key, value) -> texts.put(ResourceName.checkKey("param key", key), text(key, value)));
        if (texts.isEmpty()) {
            return;
        }
        context.write(tx -> {
            Run run = guard.writable(tx, runId);
            Map<String, String> before = tx.runs().insertParams(runId, texts);
            checkUnchanged(run, before, texts);
            Map<String, String> added = new TreeMap<>(texts);
            added.keySet().removeAll(before.keySet());
            if (!added.isEmpty()) {
                events.record(tx, EventKind.UPDATED, run, null, Map.of("params", added));
            }
            return run;
        });
    }

    private static String text(String key, @Nullable Object value) {
        if (value == null) {
            throw new InvalidInputException("param " + key, null, "must have a value");
        }
        return ResourceName.checkText("param " + key, value.toString(), MAX_PARAM);
    }

    private static void checkUnchanged(Run run, Map<String, String> before, Map<String, String> params) {
        before.forEach((key, value) -> {
            if (params.containsKey(key) && !value.equals(params.get(key))) {
                throw new InvalidInputException(
                        "param " + key,
                        params.get(key),
                        "is '%s' already in run '%s' (%s) and parameters never change"
                                .formatted(value, run.name(), run.id()));
            }
        });
    }

    void tag(String key, String value) {
        ResourceName.checkKey("tag key", key);
        ResourceName.checkText("tag " + key, value, MAX_TAG);
        context.write(tx -> {
            Run run = guard.writable(tx, runId);
            @Nullable Map<String, ?> before = tagBefore(tx, key);
            tx.runs().setTags(runId, Map.of(key, value));
            Map<String, ?> after = Map.of("tags", Map.of(key, value));
            if (!after.equals(before)) {
                events.record(tx, EventKind.UPDATED, run, before, after);
            }
            return run;
        });
    }

    void removeTag(String key) {
        ResourceName.checkKey("tag key", key);
        context.write(tx -> {
            Run run = guard.writable(tx, runId);
            @Nullable Map<String, ?> before = tagBefore(tx, key);
            if (tx.runs().removeTag(runId, key)) {
                events.record(tx, EventKind.UPDATED, run, before, null);
            }
            return run;
        });
    }

    private @Nullable Map<String, ?> tagBefore(MetadataTransaction tx, String key) {
        String value = tx.runs().data(runId).orElseThrow().tags().get(key);
        return value == null ? null : Map.of("tags", Map.of(key, value));
    }

    void metrics(List<Metric> points) {
        context.write(tx -> {
            Run run = guard.writable(tx, runId);
            tx.metrics().append(runId, points);
            return run;
        });
    }

    void uses(DatasetVersion version, DatasetUse.Role role, Optional<String> split) {
        context.write(tx -> {
            DatasetVersion stored = readable(tx, version);
            split.ifPresent(name -> checkSplit(stored, name));
            Run run = guard.writable(tx, runId);
            DatasetUse use = new DatasetUse(stored.id(), stored.reference(), role, split.orElse(null));
            if (!tx.runs().datasetUses(runId).contains(use)) {
                tx.runs().addDatasetUse(runId, use);
                events.record(tx, EventKind.UPDATED, run, null, Map.of("uses", use));
            }
            return run;
        });
    }

    /** The version as it is stored: what the caller holds may be old or made up. */
    private DatasetVersion readable(MetadataTransaction tx, DatasetVersion version) {
        String what = "data set version '%s' (%s)".formatted(version.reference(), version.id());
        DatasetVersion stored = tx.datasets().findVersionById(version.id()).orElseThrow(() -> context.notFound(what));
        context.require(tx, Privilege.READ, stored.projectId(), Asset.dataset(stored.datasetId()), what);
        return stored;
    }

    private static void checkSplit(DatasetVersion version, String split) {
        List<String> names = version.splits().stream().map(SplitSummary::name).toList();
        if (!names.contains(split)) {
            throw new InvalidInputException(
                    "split of " + version.reference(),
                    split,
                    names.isEmpty() ? "the version has no splits" : "must be one of " + String.join(", ", names));
        }
    }
}
