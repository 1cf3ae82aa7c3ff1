package dev.mlops.api.spi.metadata;

import dev.mlops.api.access.Principal;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.Artifact;
import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunData;
import dev.mlops.api.run.RunQuery;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs with what belongs to them. */
public interface RunRepository {
    /** Inserts a run; its experiment must be there. {@link Run#experiment()} is not kept but read by join. */
    void insert(Run run);

    /** By id, also deleted ones. */
    Optional<Run> find(String id);

    /** As {@link #find}, and keeps the status and the lifecycle from being changed by others until the end. */
    Optional<Run> lock(String id);

    /** Replaces name, status, lifecycle, end and failure. */
    void update(Run run);

    /** A run with all that belongs to it. */
    Optional<RunData> data(String id);

    /** Runs of experiments that the viewer may read, as the query says; runs of deleted experiments count as deleted. */
    Page<RunData> search(String projectId, RunQuery query, Principal viewer, PageRequest page);

    /** Inserts parameters that are new and gives those that are there already, with the values that they have. */
    Map<String, String> insertParams(String runId, Map<String, String> params);

    /** Sets or replaces tags. */
    void setTags(String runId, Map<String, String> tags);

    /** Removes a tag; false if there is none. */
    boolean removeTag(String runId, String key);

    /** Adds a use; does nothing if it is there. {@link DatasetUse#reference()} is not kept but read by join. */
    void addDatasetUse(String runId, DatasetUse use);

    /** The uses of a run, in the order in which they were added. */
    List<DatasetUse> datasetUses(String runId);

    /** Inserts or replaces an artifact. */
    void putArtifact(String runId, Artifact artifact);

    /** An artifact by path. */
    Optional<Artifact> findArtifact(String runId, String path);

    /** The artifacts whose path is {@code path} or lies below it (all when it is empty), by path. */
    Page<Artifact> artifacts(String runId, String path, PageRequest page);

    /** References of the model versions made from a run. */
    List<String> modelVersions(String runId);

    /** Removes a run with its params, tags, metrics, artifacts and uses. */
    void purge(String id);
}
