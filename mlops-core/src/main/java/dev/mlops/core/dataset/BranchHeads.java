package dev.mlops.core.dataset;

import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where branches stand. The current version of a data set is always the head of its main branch. Thread-safe. */
final class BranchHeads {
    private final ProjectContext context;

    BranchHeads(ProjectContext context) {
        this.context = context;
    }

    /** The head of a branch; empty if there is no such branch. */
    Optional<DatasetVersion> find(MetadataTransaction tx, Dataset dataset, String branch) {
        if (branch.equals(Branch.MAIN)) {
            return Optional.ofNullable(dataset.currentVersionId()).flatMap(tx.datasets()::findVersionById);
        }
        return tx.datasets()
                .findBranch(dataset.id(), branch)
                .flatMap(found -> tx.datasets().findVersionById(found.headId()));
    }

    /** Makes a version the head if {@code expected} still is, null for none; false if not. Begins the main branch. */
    boolean move(
            MetadataTransaction tx, String datasetId, String branch, @Nullable String expected, DatasetVersion to) {
        Branch moved = branch(datasetId, branch, to);
        if (!branch.equals(Branch.MAIN)) {
            return expected != null && tx.datasets().moveBranch(moved, expected);
        }
        if (!tx.datasets().moveCurrent(datasetId, expected, to.id())) {
            return false;
        }
        if (expected == null || !tx.datasets().moveBranch(moved, expected)) {
            tx.datasets().deleteBranch(datasetId, branch);
            tx.datasets().insertBranch(moved);
        }
        return true;
    }

    Branch branch(String datasetId, String name, DatasetVersion head) {
        return new Branch(
                datasetId,
                name,
                head.id(),
                head.reference(),
                context.principal().name(),
                context.now());
    }
}
