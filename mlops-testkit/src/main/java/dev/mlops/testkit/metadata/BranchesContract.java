package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.VersionTag;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.project.ProjectInfo;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Branches, tags and contributions of data sets. */
public abstract class BranchesContract extends MetadataStoreContract {
    /** For subclasses. */
    protected BranchesContract() {}

    @Test
    void keepsBranchesByNameWithTheReferenceOfTheirHead() {
        DatasetVersion version = version();
        Branch main = branch(Branch.MAIN, version);
        Branch clean = branch("clean", version);
        insert(main);
        insert(clean);

        assertThat(find(tx -> tx.datasets().findBranch(version.datasetId(), "clean")))
                .contains(clean);
        assertThat(find(tx -> tx.datasets().findBranch(version.datasetId(), "none")))
                .isEmpty();
        assertThat(branches(version.datasetId())).containsExactly(clean, main);
        assertThat(branches("none")).isEmpty();
        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> insert(clean))
                .withMessageContaining("clean");
    }

    @Test
    void aBranchHasAHeadThatIsThere() {
        DatasetVersion version = version();
        Branch broken = new Branch(version.datasetId(), "broken", "none", "none", "alice", World.NOW);

        assertThatExceptionOfType(ConflictException.class).isThrownBy(() -> insert(broken));
    }

    @Test
    void movesABranchOnlyFromWhereItIsExpected() {
        DatasetVersion first = version();
        DatasetVersion second = next(first);
        insert(branch("clean", first));
        Branch moved = branch("clean", second);

        assertThat(move(moved, second.id())).isFalse();
        assertThat(move(branch("none", second), first.id())).isFalse();
        assertThat(move(moved, first.id())).isTrue();
        assertThat(move(moved, first.id())).isFalse();
        assertThat(branches(first.datasetId())).containsExactly(moved);
    }

    @Test
    void ofSeveralThatMoveABranchFromOnePlaceOneWins() {
        DatasetVersion first = version();
        DatasetVersion second = next(first);
        insert(branch("clean", first));

        assertThat(together(5, () -> move(branch("clean", second), first.id()))).containsOnlyOnce(true);
    }

    @Test
    void deletesABranchAndKeepsItsVersions() {
        DatasetVersion version = version();
        insert(branch("clean", version));

        assertThat(this.<Boolean>write(tx -> tx.datasets().deleteBranch(version.datasetId(), "clean")))
                .isTrue();
        assertThat(this.<Boolean>write(tx -> tx.datasets().deleteBranch(version.datasetId(), "clean")))
                .isFalse();
        assertThat(branches(version.datasetId())).isEmpty();
        assertThat(find(tx -> tx.datasets().findVersionById(version.id()))).contains(version);
    }

    @Test
    void keepsTagsByName() {
        DatasetVersion version = version();
        VersionTag second = tag("paper", version);
        VersionTag first = tag("final", version);
        insert(second);
        insert(first);

        assertThat(find(tx -> tx.datasets().findTag(version.datasetId(), "paper")))
                .contains(second);
        assertThat(find(tx -> tx.datasets().findTag("none", "paper"))).isEmpty();
        assertThat(tags(version.datasetId())).containsExactly(first, second);
        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> insert(first))
                .withMessageContaining("final");
        assertThat(this.<Boolean>write(tx -> tx.datasets().deleteTag(version.datasetId(), "final")))
                .isTrue();
        assertThat(this.<Boolean>write(tx -> tx.datasets().deleteTag(version.datasetId(), "final")))
                .isFalse();
        assertThat(tags(version.datasetId())).containsExactly(second);
    }

    @Test
    void branchesOtherThanMainAndTagsUseAVersion() {
        DatasetVersion version = version();
        insert(branch(Branch.MAIN, version));
        assertThat(users(version)).isEmpty();
        insert(branch("clean", version));
        insert(tag("paper", version));

        assertThat(users(version)).containsExactlyInAnyOrder("branch clean", "tag paper");
    }

    @Test
    void aVersionThatABranchOrATagHoldsCannotBeDeleted() {
        DatasetVersion branched = version();
        insert(branch("clean", branched));
        DatasetVersion tagged = version();
        insert(tag("paper", tagged));

        for (DatasetVersion version : List.of(branched, tagged)) {
            assertThatExceptionOfType(ConflictException.class)
                    .isThrownBy(() -> change(tx -> tx.datasets().deleteVersion(version.id())));
            assertThat(find(tx -> tx.datasets().findVersionById(version.id()))).contains(version);
        }
    }

    @Test
    void theMainBranchGoesWithItsOnlyVersionAndOtherwiseHoldsItsHead() {
        DatasetVersion first = version();
        DatasetVersion second = next(first);
        insert(branch(Branch.MAIN, second));

        assertThatExceptionOfType(ConflictException.class)
                .isThrownBy(() -> change(tx -> tx.datasets().deleteVersion(second.id())));
        assertThat(branches(first.datasetId())).hasSize(1);
        change(tx -> tx.datasets().deleteVersion(first.id()));
        change(tx -> tx.datasets().deleteVersion(second.id()));
        assertThat(branches(first.datasetId())).isEmpty();
    }

    @Test
    void numbersContributionsAndListsTheNewestFirst() {
        DatasetVersion version = version();
        Contribution first = propose(version.datasetId());
        Contribution second = propose(version.datasetId());

        assertThat(first.number()).isEqualTo(1);
        assertThat(second.number()).isEqualTo(2);
        assertThat(find(tx -> tx.datasets().findContribution(version.datasetId(), 1)))
                .contains(first);
        assertThat(find(tx -> tx.datasets().findContribution(version.datasetId(), 3)))
                .isEmpty();
        assertThat(contributions(version.datasetId())).containsExactly(second, first);
        assertThat(propose(version().datasetId()).number()).isEqualTo(1);
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> propose("none"));
    }

    @Test
    void contributionsAreNumberedWithoutGapsWhenSeveralPropose() {
        String dataset = version().datasetId();

        together(4, () -> IntStream.range(0, 5).mapToObj(i -> propose(dataset)).toList());

        assertThat(contributions(dataset))
                .extracting(Contribution::number)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 20).map(i -> 21 - i).boxed().toList());
    }

    @Test
    void decidesAContributionOnce() {
        DatasetVersion version = version();
        Contribution open = propose(version.datasetId());
        Contribution accepted = decided(open, Contribution.State.ACCEPTED, "", version.id());

        assertThat(decide(accepted)).isTrue();
        assertThat(decide(decided(open, Contribution.State.REFUSED, "late", null)))
                .isFalse();
        assertThat(find(tx -> tx.datasets().findContribution(version.datasetId(), open.number())))
                .contains(accepted);
        assertThat(decide(withNumber(accepted, 99))).isFalse();
    }

    @Test
    void ofSeveralDecisionsOneWins() {
        Contribution open = propose(version().datasetId());
        Contribution.State[] states = Contribution.State.values();
        AtomicInteger next = new AtomicInteger(1);

        assertThat(together(3, () -> decide(decided(open, states[next.getAndIncrement()], "why", null))))
                .containsOnlyOnce(true);
    }

    @Test
    void aContributionOutlivesItsResult() {
        DatasetVersion version = version();
        Contribution open = propose(version.datasetId());
        decide(decided(open, Contribution.State.ACCEPTED, "", version.id()));
        change(tx -> tx.datasets().deleteVersion(version.id()));

        Contribution found = find(tx -> tx.datasets().findContribution(version.datasetId(), 1))
                .orElseThrow();
        assertThat(found.state()).isEqualTo(Contribution.State.ACCEPTED);
        assertThat(Optional.ofNullable(found.resultId())).isEmpty();
    }

    @Test
    void aDatasetIsDeletedWithItsBranchesTagsAndContributions() {
        DatasetVersion first = version();
        DatasetVersion second = next(first);
        insert(branch(Branch.MAIN, second));
        insert(branch("clean", first));
        insert(tag("paper", first));
        Contribution open = propose(first.datasetId());
        decide(decided(open, Contribution.State.ACCEPTED, "", second.id()));
        change(tx -> tx.datasets().delete(first.datasetId()));

        assertThat(find(tx -> tx.datasets().findVersionById(first.id()))).isEmpty();
        assertThat(branches(first.datasetId())).isEmpty();
        assertThat(tags(first.datasetId())).isEmpty();
        assertThat(contributions(first.datasetId())).isEmpty();
    }

    @Test
    void aLockedDatasetStaysAsItIs() {
        DatasetVersion first = version();
        DatasetVersion second = next(first);
        insert(branch("clean", first));

        List<Boolean> unchanged = together(
                4,
                () -> this.<Boolean>write(tx -> {
                    tx.datasets().lock(first.datasetId());
                    Branch seen =
                            tx.datasets().findBranch(first.datasetId(), "clean").orElseThrow();
                    DatasetVersion to = seen.headId().equals(first.id()) ? second : first;
                    return tx.datasets().moveBranch(branch("clean", to), seen.headId());
                }));

        assertThat(unchanged).containsOnly(true);
        assertThat(branches(first.datasetId())).extracting(Branch::headId).containsExactly(first.id());
    }

    private DatasetVersion version() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        return world().datasetVersion(project, dataset, null);
    }

    private DatasetVersion next(DatasetVersion parent) {
        ProjectInfo project =
                find(tx -> tx.projects().findById(parent.projectId())).orElseThrow();
        Dataset dataset = find(tx -> tx.datasets().findById(parent.datasetId())).orElseThrow();
        return world().datasetVersion(project, dataset, parent.id());
    }

    private static Branch branch(String name, DatasetVersion head) {
        return new Branch(head.datasetId(), name, head.id(), head.reference(), "alice", World.NOW);
    }

    private static VersionTag tag(String name, DatasetVersion version) {
        return new VersionTag(version.datasetId(), name, version.id(), version.reference(), "alice", World.NOW);
    }

    private static Contribution decided(
            Contribution open, Contribution.State state, String reason, @Nullable String resultId) {
        return new Contribution(
                open.id(),
                open.datasetId(),
                open.number(),
                open.title(),
                open.description(),
                open.branch(),
                open.target(),
                state,
                open.proposedBy(),
                open.proposedAt(),
                "bob",
                World.NOW.plusSeconds(1),
                reason,
                resultId);
    }

    private static Contribution withNumber(Contribution contribution, long number) {
        return new Contribution(
                contribution.id(),
                contribution.datasetId(),
                number,
                contribution.title(),
                contribution.description(),
                contribution.branch(),
                contribution.target(),
                contribution.state(),
                contribution.proposedBy(),
                contribution.proposedAt(),
                contribution.decidedBy(),
                contribution.decidedAt(),
                contribution.reason(),
                contribution.resultId());
    }

    private Contribution propose(String datasetId) {
        Contribution contribution = new Contribution(
                World.id(),
                datasetId,
                77,
                "Cleaner labels",
                "",
                "clean",
                Branch.MAIN,
                Contribution.State.OPEN,
                "alice",
                World.NOW,
                null,
                null,
                "",
                null);
        return this.<Contribution>write(tx -> tx.datasets().insertContribution(contribution));
    }

    private boolean decide(Contribution contribution) {
        return this.<Boolean>write(tx -> tx.datasets().decideContribution(contribution));
    }

    private boolean move(Branch to, String expected) {
        return this.<Boolean>write(tx -> tx.datasets().moveBranch(to, expected));
    }

    private void insert(Branch branch) {
        change(tx -> tx.datasets().insertBranch(branch));
    }

    private void insert(VersionTag tag) {
        change(tx -> tx.datasets().insertTag(tag));
    }

    private List<String> users(DatasetVersion version) {
        return list(tx -> tx.datasets().users(version.id()));
    }

    private List<Branch> branches(String datasetId) {
        return readAll(1, (tx, page) -> tx.datasets().branches(datasetId, page));
    }

    private List<VersionTag> tags(String datasetId) {
        return readAll(1, (tx, page) -> tx.datasets().tags(datasetId, page));
    }

    private List<Contribution> contributions(String datasetId) {
        return readAll(3, (tx, page) -> tx.datasets().contributions(datasetId, page));
    }
}
