package dev.mlops.core.dataset;

import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.MergeConflict;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.context.ProjectContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Merges branches of data sets of one project. Thread-safe. */
final class BranchMerge {
    private static final int ATTEMPTS = 10;

    private final ProjectContext context;
    private final DatasetGuard guard;
    private final DatasetEvents events;
    private final BranchHeads heads;
    private final VersionInsert inserts;
    private final VersionMerge merges;

    BranchMerge(ProjectContext context) {
        this.context = context;
        this.guard = new DatasetGuard(context);
        this.events = new DatasetEvents(context);
        this.heads = new BranchHeads(context);
        this.inserts = new VersionInsert(context);
        this.merges = new VersionMerge(context);
    }

    /** Which branch goes into which. */
    record Request(String branch, String into, MergeOptions options, String message) {}

    /** Where the two branches stand. */
    private record Stand(
            Dataset dataset,
            DatasetVersion ours,
            DatasetVersion theirs,
            @Nullable DatasetVersion base) {
        boolean isMerged() {
            return base != null && base.id().equals(theirs.id());
        }

        boolean isFastForward() {
            return base != null && base.id().equals(ours.id());
        }
    }

    List<MergeConflict> conflicts(Function<MetadataTransaction, Dataset> access, String branch, String into) {
        Stand stand = context.read(tx -> stand(tx, access.apply(tx), branch, into));
        return stand.isMerged() || stand.isFastForward()
                ? List.of()
                : merges.conflicts(stand.base(), stand.ours(), stand.theirs());
    }

    /**
     * Merges.
     *
     * @param access finds the data set for a caller who may do this
     * @param also is done in the transaction that moves the branch, with the result
     */
    DatasetVersion merge(
            Function<MetadataTransaction, Dataset> access,
            Request request,
            BiConsumer<MetadataTransaction, DatasetVersion> also) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Stand stand = context.read(tx -> stand(tx, access.apply(tx), request.branch(), request.into()));
            try {
                return stand.isMerged() || stand.isFastForward()
                        ? forward(access, request, stand, also)
                        : merge(access, request, stand, also);
            } catch (HeadMovedException moved) {
                // Somebody else was faster; what came of it is merged the next time.
            }
        }
        throw new ConflictException("branch '%s' of %s moves all the time; merge again"
                .formatted(request.into(), context.project().name()));
    }

    private Stand stand(MetadataTransaction tx, Dataset dataset, String branch, String into) {
        DatasetVersion ours = head(tx, dataset, into);
        DatasetVersion theirs = head(tx, dataset, branch);
        Optional<DatasetVersion> base = Ancestry.common(tx, ours, theirs);
        return new Stand(dataset, ours, theirs, base.orElse(null));
    }

    private DatasetVersion head(MetadataTransaction tx, Dataset dataset, String branch) {
        return heads.find(tx, dataset, branch).orElseThrow(() -> guard.noBranch(dataset, branch));
    }

    private DatasetVersion forward(
            Function<MetadataTransaction, Dataset> access,
            Request request,
            Stand stand,
            BiConsumer<MetadataTransaction, DatasetVersion> also) {
        DatasetVersion result = stand.isMerged() ? stand.ours() : stand.theirs();
        return context.write(tx -> {
            lock(tx, access, request, stand);
            if (!stand.isMerged()) {
                move(tx, request, stand);
            }
            also.accept(tx, result);
            return result;
        });
    }

    /** Until the end of the transaction; {@link HeadMovedException} if the branch stands somewhere else by now. */
    private void lock(
            MetadataTransaction tx, Function<MetadataTransaction, Dataset> access, Request request, Stand stand) {
        tx.datasets().lock(stand.dataset().id());
        Dataset dataset = access.apply(tx);
        DatasetVersion head = heads.find(tx, dataset, request.into()).orElse(null);
        if (head == null || !head.id().equals(stand.ours().id())) {
            throw new HeadMovedException(request.into(), head);
        }
    }

    private void move(MetadataTransaction tx, Request request, Stand stand) {
        String datasetId = stand.dataset().id();
        if (!heads.move(tx, datasetId, request.into(), stand.ours().id(), stand.theirs())) {
            throw new HeadMovedException(request.into(), null);
        }
        Branch before = heads.branch(datasetId, request.into(), stand.ours());
        Branch after = heads.branch(datasetId, request.into(), stand.theirs());
        events.moved(tx, stand.dataset(), before, after);
    }

    private DatasetVersion merge(
            Function<MetadataTransaction, Dataset> access,
            Request request,
            Stand stand,
            BiConsumer<MetadataTransaction, DatasetVersion> also) {
        try (ContentWriter content = context.content().writer(new Cancellation())) {
            DatasetVersion theirs = stand.theirs();
            Draft proposed = Draft.of(theirs);
            String what = "branch '%s' into '%s' of %s"
                    .formatted(
                            request.branch(),
                            request.into(),
                            guard.describe(stand.dataset().name()));
            Draft draft = merges.merge(
                    stand.base(), stand.ours(), proposed, request.options().onConflict(), content, what);
            NewVersion version = new NewVersion(
                    Optional.empty(),
                    request.into(),
                    stand.ours(),
                    theirs,
                    request.message(),
                    Map.of(),
                    context.principal().name(),
                    draft,
                    List.of(stand.ours(), theirs),
                    content);
            return context.write(tx -> {
                lock(tx, access, request, stand);
                DatasetVersion result = inserts.insert(tx, stand.dataset().id(), version);
                also.accept(tx, result);
                return result;
            });
        }
    }
}
