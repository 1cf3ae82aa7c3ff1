package dev.mlops.core.dataset;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetRef;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.Optional;

/**
 * Finds data sets and versions for a caller who may do with them what he is about to. A version that a caller hands over
 * is only a way to its id: what counts is what is stored. Thread-safe.
 */
final class DatasetGuard {
    private final ProjectContext context;
    private final BranchHeads heads;

    DatasetGuard(ProjectContext context) {
        this.context = context;
        this.heads = new BranchHeads(context);
    }

    String describe(String dataset) {
        return describe(dataset, context.project().name());
    }

    private static String describe(String dataset, String project) {
        return "data set '%s' in project '%s'".formatted(dataset, project);
    }

    /** A data set of this project. */
    Dataset dataset(MetadataTransaction tx, String name, Privilege privilege) {
        Dataset dataset =
                tx.datasets().find(context.projectId(), name).orElseThrow(() -> context.notFound(describe(name)));
        require(tx, privilege, dataset);
        return dataset;
    }

    void require(MetadataTransaction tx, Privilege privilege, Dataset dataset) {
        context.require(tx, privilege, Asset.dataset(dataset.id()), describe(dataset.name()));
    }

    /**
     * Changing where a branch stands to what others made. Adding a version to the main branch is everybody's who may edit;
     * replacing what it stands for is for those who may publish, or made the data set.
     */
    void requireMove(MetadataTransaction tx, Dataset dataset, String branch) {
        require(tx, Privilege.EDIT, dataset);
        boolean isMaker = dataset.createdBy().equals(context.principal().name());
        if (branch.equals(Branch.MAIN) && !isMaker) {
            require(tx, Privilege.PUBLISH, dataset);
        }
    }

    /** The version that a reference names, in whatever project. */
    DatasetVersion version(MetadataTransaction tx, DatasetRef ref) {
        ProjectInfo project = context.projectNamed(tx, ref.findProject());
        String what = describe(ref.dataset(), project.name());
        Dataset dataset = tx.datasets().find(project.id(), ref.dataset()).orElseThrow(() -> context.notFound(what));
        context.require(tx, Privilege.READ, project.id(), Asset.dataset(dataset.id()), what);
        return find(tx, dataset, ref).orElseThrow(() -> context.notFound(describe(ref, what)));
    }

    private static String describe(DatasetRef ref, String dataset) {
        if (ref.branch() != null) {
            return "branch '%s' of %s".formatted(ref.branch(), dataset);
        }
        return ref.version() == null
                ? "a current version of " + dataset
                : "version '%s' of %s".formatted(ref.version(), dataset);
    }

    private Optional<DatasetVersion> find(MetadataTransaction tx, Dataset dataset, DatasetRef ref) {
        String version = ref.version();
        if (version == null) {
            return heads.find(tx, dataset, ref.branch() == null ? Branch.MAIN : ref.branch());
        }
        return tx.datasets()
                .findVersion(dataset.id(), version)
                .or(() -> tx.datasets()
                        .findTag(dataset.id(), version)
                        .flatMap(tag -> tx.datasets().findVersionById(tag.versionId())));
    }

    /** A branch by name. */
    Branch branch(MetadataTransaction tx, Dataset dataset, String name) {
        return tx.datasets().findBranch(dataset.id(), name).orElseThrow(() -> noBranch(dataset, name));
    }

    NotFoundException noBranch(Dataset dataset, String name) {
        return context.notFound("branch '%s' of %s".formatted(name, describe(dataset.name())));
    }

    /** A version of any project, as it is stored. */
    DatasetVersion version(MetadataTransaction tx, DatasetVersion version, Privilege privilege) {
        String what = "data set version '%s' (%s)".formatted(version.reference(), version.id());
        DatasetVersion stored = tx.datasets().findVersionById(version.id()).orElseThrow(() -> context.notFound(what));
        context.require(tx, privilege, stored.projectId(), Asset.dataset(stored.datasetId()), what);
        return stored;
    }

    /** A version of this project, as it is stored. */
    DatasetVersion ownVersion(MetadataTransaction tx, DatasetVersion version, Privilege privilege) {
        DatasetVersion stored = version(tx, version, privilege);
        if (!stored.projectId().equals(context.projectId())) {
            throw new InvalidInputException(
                    "data set version",
                    stored.reference(),
                    "belongs to another project than '%s'; open that project to change it"
                            .formatted(context.project().name()));
        }
        return stored;
    }
}
