package dev.mlops.api.spi.metadata;

import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.Metric;
import java.util.Collection;
import java.util.Map;

/** Metric points. */
public interface MetricRepository {
    /** Appends points; equal points (key, step, timestamp, value; NaN equals NaN) are kept once. Any number at once. */
    void append(String runId, Collection<Metric> metrics);

    /** The latest point of each key: the largest (step, timestamp, value), NaN below every other value. */
    Map<String, Metric> latest(String runId);

    /** All points of a key by (step, timestamp, value). */
    Page<Metric> history(String runId, String key, PageRequest page);
}
