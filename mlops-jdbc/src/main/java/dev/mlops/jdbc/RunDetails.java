package dev.mlops.jdbc;

import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Metric;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunData;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What belongs to runs, read with five queries for any number of runs. */
final class RunDetails {
    private final Session session;

    RunDetails(Session session) {
        this.session = session;
    }

    List<RunData> of(List<Run> runs) {
        List<String> ids = runs.stream().map(Run::id).toList();
        Map<String, List<Map.Entry<String, String>>> params = pairs("""
                SELECT run_id AS owner, param_key AS name, value FROM run_param WHERE run_id IN <ids>
                """, ids);
        Map<String, List<Map.Entry<String, String>>> tags = pairs("""
                SELECT run_id AS owner, tag_key AS name, value FROM run_tag WHERE run_id IN <ids>
                """, ids);
        Map<String, List<Metric>> metrics = metrics(ids);
        Map<String, List<DatasetUse>> uses = datasetUses(ids);
        Map<String, List<String>> models = modelVersions(ids);
        return runs.stream()
                .map(run -> new RunData(
                        run,
                        map(params.getOrDefault(run.id(), List.of())),
                        map(tags.getOrDefault(run.id(), List.of())),
                        metrics.getOrDefault(run.id(), List.of()).stream()
                                .collect(Collectors.toMap(Metric::key, Function.identity())),
                        uses.getOrDefault(run.id(), List.of()),
                        models.getOrDefault(run.id(), List.of())))
                .toList();
    }

    private Map<String, List<Map.Entry<String, String>>> pairs(String sql, Collection<String> ids) {
        return session.byOwner(sql, ids, row -> Map.entry(row.text("name"), row.text("value")));
    }

    private static Map<String, String> map(List<Map.Entry<String, String>> entries) {
        return entries.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Map<String, List<Metric>> metrics(Collection<String> ids) {
        return session.byOwner(
                "SELECT run_id AS owner, metric_series.* FROM metric_series WHERE run_id IN <ids>",
                ids,
                JdbcMetrics::latest);
    }

    Map<String, List<DatasetUse>> datasetUses(Collection<String> ids) {
        return session.byOwner("""
                SELECT used.run_id AS owner, used.dataset_version_id, used.role, used.split,
                       project.name || '/' || dataset.name || ':' || version.name AS reference
                  FROM run_dataset AS used
                  JOIN dataset_version AS version ON version.id = used.dataset_version_id
                  JOIN dataset ON dataset.id = version.dataset_id
                  JOIN project ON project.id = dataset.project_id
                 WHERE used.run_id IN <ids>
                 ORDER BY used.id
                """, ids, row -> {
            String split = row.text("split");
            return new DatasetUse(
                    row.text("dataset_version_id"),
                    row.text("reference"),
                    row.constant("role", DatasetUse.Role.class),
                    split.isEmpty() ? null : split);
        });
    }

    Map<String, List<String>> modelVersions(Collection<String> ids) {
        return session.byOwner("""
                SELECT version.run_id AS owner, project.name || '/' || model.name || ':' || version.version AS reference
                  FROM model_version AS version
                  JOIN model ON model.id = version.model_id
                  JOIN project ON project.id = model.project_id
                 WHERE version.run_id IN <ids>
                 ORDER BY model.name, version.ordinal
                """, ids, row -> row.text("reference"));
    }
}
