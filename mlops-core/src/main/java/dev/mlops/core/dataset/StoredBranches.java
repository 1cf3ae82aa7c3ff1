package dev.mlops.core.dataset;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Branches;
import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.MergeConflict;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.dataset.VersionTag;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.page.Listing;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The branches of one data set of a project, for one caller. */
final class StoredBranches implements Branches {
    private final ProjectContext context;
    private final String name;
    private final DatasetGuard guard;
    private final DatasetEvents events;
    private final BranchHeads heads;
    private final VersionInsert names;
    private final BranchMerge merges;
    private final Contributions contributions;

    StoredBranches(ProjectContext context, String name) {
        this.context = context;
        this.name = ResourceName.check("data set name", name);
        this.guard = new DatasetGuard(context);
        this.events = new DatasetEvents(context);
        this.heads = new BranchHeads(context);
        this.names = new VersionInsert(context);
        this.merges = new BranchMerge(context);
        this.contributions = new Contributions(context, name);
    }

    private Dataset readable(MetadataTransaction tx) {
        return guard.dataset(tx, name, Privilege.READ);
    }

    /** For a change; the data set is locked until the end. */
    private Dataset editable(MetadataTransaction tx) {
        Dataset dataset = guard.dataset(tx, name, Privilege.EDIT);
        tx.datasets().lock(dataset.id());
        return tx.datasets().findById(dataset.id()).orElseThrow(() -> context.notFound(guard.describe(name)));
    }

    /** A version as it is stored, which must be of this data set. */
    private DatasetVersion own(MetadataTransaction tx, Dataset dataset, DatasetVersion version) {
        DatasetVersion stored = guard.version(tx, version, Privilege.READ);
        if (!stored.datasetId().equals(dataset.id())) {
            throw new InvalidInputException(
                    "data set version", stored.reference(), "is not of " + guard.describe(dataset.name()));
        }
        return stored;
    }

    @Override
    public Branch create(String branch, DatasetVersion from) {
        ResourceName.check("branch name", branch);
        return context.write(tx -> {
            Dataset dataset = editable(tx);
            DatasetVersion head = own(tx, dataset, from);
            if (tx.datasets().findBranch(dataset.id(), branch).isPresent()) {
                throw new AlreadyExistsException("branch '%s' of %s exists already; choose another name"
                        .formatted(branch, guard.describe(name)));
            }
            Branch made = heads.branch(dataset.id(), branch, head);
            tx.datasets().insertBranch(made);
            events.record(tx, EventKind.CREATED, dataset, made, null, DatasetEvents.detail(made));
            return made;
        });
    }

    @Override
    public Optional<Branch> find(String branch) {
        return context.read(tx -> tx.datasets().findBranch(readable(tx).id(), branch));
    }

    @Override
    public Listing<Branch> list() {
        return Listing.of(request ->
                context.read(tx -> tx.datasets().branches(readable(tx).id(), request)));
    }

    @Override
    public Branch move(String branch, DatasetVersion to, DatasetVersion expected) {
        return context.write(tx -> {
            Dataset dataset = editable(tx);
            guard.requireMove(tx, dataset, branch);
            Branch before = guard.branch(tx, dataset, branch);
            DatasetVersion target = own(tx, dataset, to);
            if (!before.headId().equals(expected.id())
                    || !heads.move(tx, dataset.id(), branch, expected.id(), target)) {
                throw new ConflictException("branch '%s' stands at %s and not at %s; it was not moved"
                        .formatted(branch, before.head(), expected.reference()));
            }
            Branch after = heads.branch(dataset.id(), branch, target);
            events.moved(tx, dataset, before, after);
            return after;
        });
    }

    @Override
    public void delete(String branch) {
        context.write(tx -> {
            Dataset dataset = editable(tx);
            Branch before = guard.branch(tx, dataset, branch);
            List<String> users = new ArrayList<>();
            if (branch.equals(Branch.MAIN)) {
                users.add(guard.describe(name) + " as its main branch");
            }
            users.addAll(Contributions.openWith(tx, dataset, branch));
            if (!users.isEmpty()) {
                throw new ResourceInUseException("branch '%s' of %s".formatted(branch, guard.describe(name)), users);
            }
            tx.datasets().deleteBranch(dataset.id(), branch);
            events.record(tx, EventKind.DESTROYED, dataset, before, DatasetEvents.detail(before), null);
            return before;
        });
    }

    @Override
    public VersionTag tag(String tagName, DatasetVersion version) {
        ResourceName.check("tag", tagName);
        return context.write(tx -> {
            Dataset dataset = editable(tx);
            DatasetVersion target = own(tx, dataset, version);
            names.refuseTaken(tx, dataset, tagName);
            VersionTag made = new VersionTag(
                    dataset.id(),
                    tagName,
                    target.id(),
                    target.reference(),
                    context.principal().name(),
                    context.now());
            tx.datasets().insertTag(made);
            events.record(tx, EventKind.CREATED, dataset, made, null, DatasetEvents.detail(made));
            return made;
        });
    }

    @Override
    public Listing<VersionTag> tags() {
        return Listing.of(request ->
                context.read(tx -> tx.datasets().tags(readable(tx).id(), request)));
    }

    @Override
    public void untag(String tag) {
        context.write(tx -> {
            Dataset dataset = editable(tx);
            VersionTag before = tx.datasets()
                    .findTag(dataset.id(), tag)
                    .orElseThrow(() -> context.notFound("tag '%s' of %s".formatted(tag, guard.describe(name))));
            tx.datasets().deleteTag(dataset.id(), tag);
            events.record(tx, EventKind.DESTROYED, dataset, before, DatasetEvents.detail(before), null);
            return before;
        });
    }

    @Override
    public Optional<DatasetVersion> commonAncestor(DatasetVersion one, DatasetVersion other) {
        return context.read(tx -> {
            Dataset dataset = readable(tx);
            return Ancestry.common(tx, own(tx, dataset, one), own(tx, dataset, other));
        });
    }

    @Override
    public List<MergeConflict> conflicts(String branch, String into) {
        return merges.conflicts(this::readable, branch, into);
    }

    @Override
    public DatasetVersion merge(String branch, String into, MergeOptions options) {
        String message =
                options.message().isEmpty() ? "Merge branch '%s' into '%s'".formatted(branch, into) : options.message();
        return merges.merge(
                tx -> mergeable(tx, into), new BranchMerge.Request(branch, into, options, message), (tx, result) -> {});
    }

    private Dataset mergeable(MetadataTransaction tx, String into) {
        Dataset dataset = guard.dataset(tx, name, Privilege.EDIT);
        guard.requireMove(tx, dataset, into);
        return dataset;
    }

    @Override
    public Contribution propose(String branch, String into, String title, String description) {
        return contributions.propose(branch, into, title, description);
    }

    @Override
    public Contribution contribution(long number) {
        return contributions.contribution(number);
    }

    @Override
    public Listing<Contribution> contributions() {
        return contributions.list();
    }

    @Override
    public Contribution accept(long number, MergeOptions options) {
        return contributions.accept(number, options);
    }

    @Override
    public Contribution refuse(long number, String reason) {
        return contributions.refuse(number, reason);
    }

    @Override
    public Contribution withdraw(long number, String reason) {
        return contributions.withdraw(number, reason);
    }
}
