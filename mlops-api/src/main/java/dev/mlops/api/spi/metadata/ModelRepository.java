package dev.mlops.api.spi.metadata;

import dev.mlops.api.access.Principal;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasChange;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelQuery;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Models, versions and aliases. */
public interface ModelRepository {
    /** Inserts; {@link AlreadyExistsException} if the name is taken in the project. */
    void insert(Model model);

    /** By name. */
    Optional<Model> find(String projectId, String name);

    /** By id. */
    Optional<Model> findById(String id);

    /** Those that the viewer may read and that the query means. */
    Page<Model> list(String projectId, ModelQuery query, Principal viewer, PageRequest page);

    /** Replaces description, labels, documents and the time of the update. */
    void update(Model model);

    /** The next ordinal of a version, counted from 1 and never given twice; locks the model until the end. */
    long allocate(String modelId);

    /** The number of the newest version that ever was, also a deleted one; empty if there never was one. */
    Optional<String> newestNumber(String modelId);

    /**
     * Inserts a version; {@link AlreadyExistsException} if its number was ever used. {@link ModelVersion#reference()} is
     * not kept but read by join.
     */
    void insertVersion(ModelVersion version);

    /** A version by number. */
    Optional<ModelVersion> findVersion(String modelId, String version);

    /** A version by id. */
    Optional<ModelVersion> findVersionById(String id);

    /** The version with the largest ordinal. */
    Optional<ModelVersion> latestVersion(String modelId);

    /** The versions, newest (largest ordinal) first. */
    Page<ModelVersion> versions(String modelId, PageRequest page);

    /** The version at which an alias stands. */
    Optional<ModelVersion> findAlias(String modelId, Alias alias);

    /** As {@link #findAlias}, and keeps the alias from being moved or made by others until the end. */
    Optional<ModelVersion> lockAlias(String modelId, Alias alias);

    /** Puts an alias at a version, or removes it when {@code versionId} is null, and appends the move to its history. */
    void moveAlias(String modelId, @Nullable String versionId, AliasChange change);

    /** All aliases of a model with the numbers of their versions. */
    Map<Alias, String> aliases(String modelId);

    /** The moves of an alias, newest first. */
    Page<AliasChange> aliasHistory(String modelId, Alias alias, PageRequest page);

    /**
     * What refers to a version, in words: aliases, application versions, and deployments whose desired state is not
     * {@code ABSENT}; at most 20.
     */
    List<String> users(String versionId);

    /** Deletes a version to which nothing refers; its deployments that are over stay, without it. */
    void deleteVersion(String id);

    /** Deletes a model with its versions, aliases and their history. */
    void delete(String id);
}
