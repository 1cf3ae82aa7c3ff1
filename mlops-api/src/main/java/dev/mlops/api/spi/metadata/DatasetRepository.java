package dev.mlops.api.spi.metadata;

import dev.mlops.api.access.Principal;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.VersionTag;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Data sets and their versions. */
public interface DatasetRepository {
    /** Inserts; {@link AlreadyExistsException} if the name is taken in the project. */
    void insert(Dataset dataset);

    /** By name. */
    Optional<Dataset> find(String projectId, String name);

    /** By id. */
    Optional<Dataset> findById(String id);

    /** Those that the viewer may read and whose name or description contains a text, ignoring case; by name. */
    Page<Dataset> list(String projectId, String text, Principal viewer, PageRequest page);

    /** Replaces description and metadata. */
    void update(Dataset dataset);

    /** The next ordinal of a version, counted from 1 and never given twice; locks the data set until the end. */
    long allocate(String datasetId);

    /**
     * Inserts a version; {@link AlreadyExistsException} if its name is taken. {@link DatasetVersion#reference()} is not
     * kept but read by join.
     */
    void insertVersion(DatasetVersion version);

    /** A version by name. */
    Optional<DatasetVersion> findVersion(String datasetId, String name);

    /** A version by id. */
    Optional<DatasetVersion> findVersionById(String id);

    /** The versions, newest (largest ordinal) first. */
    Page<DatasetVersion> versions(String datasetId, PageRequest page);

    /** Makes a version (or none) the current one if {@code expected} (or none) is; false if not. */
    boolean moveCurrent(String datasetId, @Nullable String expected, @Nullable String versionId);

    /** What refers to a version, in words: runs, model versions, application versions, branches other than main, tags; at most 20. */
    List<String> users(String versionId);

    /** Deletes a version that nothing refers to; versions made from it then count as made from its parents. */
    void deleteVersion(String id);

    /** Deletes a data set with its versions, to which nothing refers. */
    void delete(String id);

    /** Locks a data set until the end of the transaction, so that its branches, tags and contributions stay as they are. */
    void lock(String datasetId);

    /** Inserts a branch; {@link AlreadyExistsException} if the name is taken. {@link Branch#head()} is read by join. */
    void insertBranch(Branch branch);

    /** A branch by name. */
    Optional<Branch> findBranch(String datasetId, String name);

    /** The branches by name. */
    Page<Branch> branches(String datasetId, PageRequest page);

    /** Moves a branch to {@link Branch#headId()} if it stands at {@code expected}; false if not, or if there is none. */
    boolean moveBranch(Branch to, String expected);

    /** Deletes a branch; false if there is none. */
    boolean deleteBranch(String datasetId, String name);

    /** Inserts a tag; {@link AlreadyExistsException} if a tag has that name. {@link VersionTag#version()} is read by join. */
    void insertTag(VersionTag tag);

    /** A tag by name. */
    Optional<VersionTag> findTag(String datasetId, String name);

    /** The tags by name. */
    Page<VersionTag> tags(String datasetId, PageRequest page);

    /** Deletes a tag; false if there is none. */
    boolean deleteTag(String datasetId, String name);

    /** Inserts a contribution with the next number of its data set, whatever its own number says; gives it back with it. */
    Contribution insertContribution(Contribution contribution);

    /** A contribution by number. */
    Optional<Contribution> findContribution(String datasetId, long number);

    /** The contributions, newest first. */
    Page<Contribution> contributions(String datasetId, PageRequest page);

    /** Replaces the state, decision, reason and result of a contribution that is open; false if it is not. */
    boolean decideContribution(Contribution contribution);
}
