package dev.mlops.api.run;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run with what was logged to it.
 *
 * @param run the run
 * @param params its parameters
 * @param tags its tags
 * @param metrics the latest point of each metric: that with the largest (step, timestamp, value)
 * @param datasets the data set versions that it used
 * @param modelVersions the model versions made from it, as references such as {@code digits/digits:3}
 */
public record RunData(
        Run run,
        Map<String, String> params,
        Map<String, String> tags,
        Map<String, Metric> metrics,
        List<DatasetUse> datasets,
        List<String> modelVersions) {
    /** Copies the collections. */
    public RunData {
        params = Map.copyOf(params);
        tags = Map.copyOf(tags);
        metrics = Map.copyOf(metrics);
        datasets = List.copyOf(datasets);
        modelVersions = List.copyOf(modelVersions);
    }

    /** The run's id. */
    public String id() {
        return run.id();
    }

    /** The latest value of a metric, or NaN if it was never logged. */
    public double metric(String key) {
        Metric metric = metrics.get(key);
        return metric == null ? Double.NaN : metric.value();
    }

    /** Such as {@code run softmax-2 (FINISHED) {learning-rate=0.1} {accuracy=0.97}}: parameters, then latest metrics. */
    @Override
    public String toString() {
        Map<String, Double> latest = new TreeMap<>();
        metrics.forEach((key, metric) -> latest.put(key, metric.value()));
        return "%s %s %s".formatted(run, new TreeMap<>(params), latest);
    }
}
