package dev.mlops.testkit.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Branches;
import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.dataset.Contribution.State;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.MergeConflict;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.dataset.MergeOptions.OnConflict;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.api.dataset.VersionTag;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MergeConflictException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.project.Project;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Branches, tags and contributions of data sets, as every {@link DatasetStore} keeps them. Say which store to use. */
public abstract class DatasetBranchContract {
    private final String alice = "alice-" + UUID.randomUUID();

    private Project project;
    private DatasetStore datasets;
    private Branches branches;
    private DatasetVersion first;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected DatasetBranchContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void publishFirst() {
        project = mlops().projects().create(Scene.freshName());
        datasets = project.datasets();
        branches = datasets.branches("digits");
        first = files("a", "1", "b", "1", "c", "1").publish(datasets, "digits");
    }

    private static TestFiles files(String... pathsAndTexts) {
        TestFiles files = new TestFiles();
        for (int i = 0; i < pathsAndTexts.length; i += 2) {
            files.with(pathsAndTexts[i], pathsAndTexts[i + 1]);
        }
        return files;
    }

    private DatasetVersion publish(String branch, String... pathsAndTexts) {
        return files(pathsAndTexts)
                .publish(
                        datasets,
                        "digits",
                        PublishOptions.builder().branch(branch).build());
    }

    private String content(DatasetVersion version) {
        StringBuilder text = new StringBuilder();
        for (FileEntry file : datasets.files(version).toList()) {
            text.append(file.path()).append('=');
            text.append(new String(
                    TestFiles.read(datasets, version, file.path()), java.nio.charset.StandardCharsets.UTF_8));
            text.append(' ');
        }
        return text.toString().trim();
    }

    private Branch branch(String name) {
        return branches.find(name).orElseThrow();
    }

    private DatasetStore aliceDatasets(Privilege... privileges) {
        for (Privilege privilege : privileges) {
            project.access().grant(Asset.dataset(first.datasetId()), Subject.user(alice), privilege);
        }
        return mlops().as(Principal.user(alice)).projects().open(project.name()).datasets();
    }

    @Test
    void theCurrentVersionIsTheHeadOfMain() {
        assertThat(branch(Branch.MAIN).headId()).isEqualTo(first.id());
        DatasetVersion second = publish(Branch.MAIN, "a", "2");
        assertThat(branch(Branch.MAIN).headId()).isEqualTo(second.id());
        assertThat(second.parentId()).isEqualTo(first.id());
        datasets.moveCurrent(first, second);
        assertThat(branch(Branch.MAIN).headId()).isEqualTo(first.id());
        branches.move(Branch.MAIN, second, first);
        assertThat(datasets.version("digits")).isEqualTo(second);
        assertThat(datasets.version("digits@main")).isEqualTo(second);
        assertThat(branch(Branch.MAIN)).hasToString("main → " + second.reference());
    }

    @Test
    void aBranchIsMadeFoundListedAndDeleted() {
        Branch made = branches.create("clean", first);
        assertThat(made.head()).isEqualTo(first.reference());
        assertThat(branches.find("clean")).contains(made);
        assertThat(branches.find("other")).isEmpty();
        assertThat(branches.list().toList()).extracting(Branch::name).containsExactly("clean", "main");
        assertThatThrownBy(() -> branches.create("clean", first))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("clean");
        assertThatThrownBy(() -> branches.create(Branch.MAIN, first)).isInstanceOf(AlreadyExistsException.class);
        assertThatThrownBy(() -> branches.create("not a name", first)).isInstanceOf(InvalidInputException.class);

        branches.delete("clean");
        assertThat(branches.find("clean")).isEmpty();
        assertThatThrownBy(() -> branches.delete("clean")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> branches.delete(Branch.MAIN)).isInstanceOf(ResourceInUseException.class);
        assertThat(datasets.version(first.reference())).isEqualTo(first);
    }

    @Test
    void aVersionOfAnotherDataSetIsRefused() {
        DatasetVersion other = files("a", "1").publish(datasets, "other");
        assertThatThrownBy(() -> branches.create("clean", other)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> branches.tag("gold", other)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> branches.move(Branch.MAIN, other, first)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> branches.commonAncestor(first, other)).isInstanceOf(InvalidInputException.class);
        PublishOptions base = PublishOptions.builder().base(other).build();
        assertThatThrownBy(() -> files("a", "2").publish(datasets, "digits", base))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("base version");
        assertThatThrownBy(() -> datasets.branches("none").create("clean", first))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void aBranchIsMovedFromWhereItIsExpectedOnly() {
        DatasetVersion second = publish(Branch.MAIN, "a", "2");
        branches.create("clean", first);
        assertThatThrownBy(() -> branches.move("clean", first, second))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(first.reference());
        assertThat(branches.move("clean", second, first).headId()).isEqualTo(second.id());
        assertThat(datasets.version("digits@clean")).isEqualTo(second);
        assertThatThrownBy(() -> branches.move("none", second, first)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void ofSeveralMovesFromOnePlaceOneWins() throws Exception {
        DatasetVersion second = publish(Branch.MAIN, "a", "2");
        branches.create("clean", first);
        List<Callable<Boolean>> moves = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            moves.add(() -> {
                try {
                    branches.move("clean", second, first);
                    return true;
                } catch (ConflictException e) {
                    return false;
                }
            });
        }
        assertThat(Together.run(moves)).containsOnlyOnce(true);
    }

    @Test
    void publishingMovesItsBranchAndNoOther() {
        branches.create("clean", first);
        DatasetVersion cleaned = publish("clean", "a", "1", "b", "2", "c", "1");
        assertThat(cleaned.parentId()).isEqualTo(first.id());
        assertThat(datasets.version("digits@clean")).isEqualTo(cleaned);
        assertThat(datasets.version("digits")).isEqualTo(first);
        assertThatThrownBy(() -> publish("none", "a", "1"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> files("a", "1")
                        .publish(
                                datasets,
                                "new",
                                PublishOptions.builder().branch("clean").build()))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> datasets.deleteVersion(cleaned))
                .isInstanceOf(ResourceInUseException.class)
                .hasMessageContaining("clean");
    }

    @Test
    void theAuthorIsWhoMadeTheData() {
        assertThat(first.author()).isEqualTo(first.createdBy());
        PublishOptions options = PublishOptions.builder().author("Ada Lovelace").build();
        DatasetVersion version = files("a", "2").publish(datasets, "digits", options);
        assertThat(datasets.version(version.reference()).author()).isEqualTo("Ada Lovelace");
        assertThat(version.createdBy()).isEqualTo(first.createdBy());
        assertThatThrownBy(() -> PublishOptions.builder().author(" ")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aTagIsASecondNameOfAVersion() {
        VersionTag gold = branches.tag("gold", first);
        assertThat(datasets.version("digits:gold")).isEqualTo(first);
        assertThat(branches.tags().toList()).containsExactly(gold);
        assertThatThrownBy(() -> branches.tag("gold", first)).isInstanceOf(AlreadyExistsException.class);
        assertThatThrownBy(() -> branches.tag("V001", first)).isInstanceOf(AlreadyExistsException.class);
        PublishOptions named = PublishOptions.builder().versionName("gold").build();
        assertThatThrownBy(() -> files("a", "2").publish(datasets, "digits", named))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("gold");
        branches.tag("V002", first);
        DatasetVersion second = publish(Branch.MAIN, "a", "2");
        assertThat(second.name()).as("V002 is a tag").isEqualTo("V003");
        assertThatThrownBy(() -> datasets.deleteVersion(first))
                .isInstanceOf(ResourceInUseException.class)
                .hasMessageContaining("gold");

        branches.untag("gold");
        assertThatThrownBy(() -> branches.untag("gold")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> datasets.version("digits:gold")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> datasets.version("digits@gold")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void theNewestCommonAncestorIsFoundThroughMerges() {
        branches.create("clean", first);
        DatasetVersion main = publish(Branch.MAIN, "a", "2", "b", "1", "c", "1");
        DatasetVersion clean = publish("clean", "a", "1", "b", "2", "c", "1");
        assertThat(branches.commonAncestor(main, clean)).contains(first);
        assertThat(branches.commonAncestor(first, clean)).contains(first);
        assertThat(branches.commonAncestor(main, main)).contains(main);

        DatasetVersion merged = branches.merge(Branch.MAIN, "clean", MergeOptions.DEFAULTS);
        DatasetVersion next = publish(Branch.MAIN, "a", "2", "b", "1", "c", "3");
        assertThat(branches.commonAncestor(next, merged)).contains(main);
        datasets.deleteVersion(first);
        assertThat(branches.commonAncestor(main, clean)).isEmpty();
    }

    @Test
    void theAncestorOfLongBranchesIsFound() {
        branches.create("clean", first);
        DatasetVersion main = first;
        DatasetVersion clean = first;
        for (int i = 0; i < 8; i++) {
            main = publish(Branch.MAIN, "a", "main " + i);
            clean = publish("clean", "a", "clean " + i);
        }
        assertThat(branches.commonAncestor(main, clean)).contains(first);
    }

    @Test
    void aBranchThatDidNotMoveIsForwarded() {
        branches.create("clean", first);
        DatasetVersion clean = publish("clean", "a", "2");
        assertThat(branches.conflicts("clean", Branch.MAIN)).isEmpty();
        assertThat(branches.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS)).isEqualTo(clean);
        assertThat(datasets.version("digits")).isEqualTo(clean);
        assertThat(branches.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS))
                .as("nothing to merge")
                .isEqualTo(clean);
        assertThat(datasets.versions("digits").toList()).hasSize(2);
    }

    @Test
    void disjointChangesAreMerged() {
        branches.create("clean", first);
        DatasetVersion main = publish(Branch.MAIN, "a", "2", "b", "1", "d", "1");
        DatasetVersion clean = publish("clean", "a", "1", "b", "2", "c", "1", "e", "1");
        DatasetVersion merged = branches.merge("clean", Branch.MAIN, MergeOptions.message("both"));

        assertThat(content(merged)).isEqualTo("a=2 b=2 d=1 e=1");
        assertThat(merged.parentId()).isEqualTo(main.id());
        assertThat(merged.mergedId()).isEqualTo(clean.id());
        assertThat(merged.message()).isEqualTo("both");
        assertThat(merged.files()).isEqualTo(4);
        assertThat(merged.bytes()).isEqualTo(4);
        assertThat(datasets.version("digits")).isEqualTo(merged);
        assertThat(branch("clean").headId()).isEqualTo(clean.id());
        assertThat(branches.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS)).isEqualTo(merged);
        assertThat(branches.merge(Branch.MAIN, "clean", MergeOptions.DEFAULTS)).isEqualTo(merged);
        assertThat(datasets.describe(merged).files()).isEqualTo(4);
    }

    @Test
    void aMergeKnowsItsSplits() {
        branches.create("clean", first);
        PublishOptions split = PublishOptions.builder()
                .split(Split.ratio("train", 1))
                .branch("clean")
                .build();
        files("a", "1", "b", "2", "c", "1").publish(datasets, "digits", split);
        publish(Branch.MAIN, "a", "1", "b", "1");
        DatasetVersion merged = branches.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS);

        long train = datasets.files(merged, FileQuery.split("train")).stream().count();
        assertThat(merged.splits()).containsExactly(new SplitSummary("train", train, train));
        assertThat(train).isEqualTo(2);
    }

    @Test
    void aMergeKnowsTheTablesOfBothSides() {
        branches.create("clean", first);
        String table = "name,age\nada,36\n";
        publish(Branch.MAIN, "a", "1", "b", "1", "c", "1", "ours.csv", table);
        publish("clean", "a", "1", "b", "1", "c", "1", "theirs.csv", table + "alan,41\n");
        DatasetVersion merged = branches.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS);

        assertThat(datasets.describe(merged).tables())
                .extracting(found -> "%s %d %d"
                        .formatted(found.path(), found.rows(), found.columns().size()))
                .containsExactlyInAnyOrder("ours.csv 1 2", "theirs.csv 2 2");
    }

    @Test
    void conflictsAreTypedAndAChosenSideIsTaken() {
        branches.create("clean", first);
        publish(Branch.MAIN, "a", "2", "b", "2", "d", "1");
        publish("clean", "a", "3", "c", "2", "d", "2");
        List<MergeConflict> conflicts = branches.conflicts("clean", Branch.MAIN);

        assertThat(conflicts)
                .extracting(MergeConflict::toString)
                .containsExactly(
                        "a: both changed", "b: changed and removed", "c: removed and changed", "d: both added");
        assertThatExceptionOfType(MergeConflictException.class)
                .isThrownBy(() -> branches.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS))
                .satisfies(e -> assertThat(e.conflicts()).isEqualTo(conflicts))
                .withMessageContaining("clean");
        assertThat(datasets.versions("digits").toList()).hasSize(3);
        DatasetVersion ours = branches.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS.onConflict(OnConflict.OURS));
        assertThat(content(ours)).isEqualTo("a=2 b=2 d=1");
    }

    @Test
    void theirSideIsTaken() {
        branches.create("clean", first);
        publish(Branch.MAIN, "a", "2", "b", "2", "d", "1");
        publish("clean", "a", "3", "c", "2", "d", "2");
        DatasetVersion theirs =
                branches.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS.onConflict(OnConflict.THEIRS));
        assertThat(content(theirs)).isEqualTo("a=3 c=2 d=2");
    }

    @Test
    void namesThatCannotLieSideBySideConflict() {
        branches.create("clean", first);
        publish(Branch.MAIN, "a", "1", "b", "1", "c", "1", "New", "1");
        publish("clean", "a", "1", "b", "1", "c", "1", "new/file", "1");
        for (OnConflict onConflict : OnConflict.values()) {
            assertThatExceptionOfType(MergeConflictException.class)
                    .isThrownBy(
                            () -> branches.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS.onConflict(onConflict)))
                    .withMessageContaining("name collision");
        }
    }

    @Test
    void aPublishFromAnOlderBaseIsMergedOrRefused() {
        DatasetVersion second = publish(Branch.MAIN, "a", "2", "b", "1", "c", "1");
        PublishOptions onFirst = PublishOptions.builder().base(first).build();
        DatasetVersion third = files("a", "1", "b", "3", "c", "1").publish(datasets, "digits", onFirst);
        assertThat(content(third)).isEqualTo("a=2 b=3 c=1");
        assertThat(third.parentId()).isEqualTo(second.id());

        assertThatExceptionOfType(MergeConflictException.class)
                .isThrownBy(() -> files("a", "3", "b", "1", "c", "1").publish(datasets, "digits", onFirst))
                .satisfies(e -> assertThat(e.conflicts())
                        .extracting(MergeConflict::path)
                        .containsExactly("a"))
                .withMessageContaining(third.reference());
        assertThat(datasets.version("digits")).isEqualTo(third);
    }

    /** Gives its files, and has something else happen before the last one. */
    private static Iterator<FileSource> with(TestFiles files, Runnable meanwhile) {
        Iterator<FileSource> sources = files.sources();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return sources.hasNext();
            }

            @Override
            public FileSource next() {
                FileSource next = sources.next();
                if (!sources.hasNext()) {
                    meanwhile.run();
                }
                return next;
            }
        };
    }

    @Test
    void aBranchThatMovesDuringAPublishIsMerged() {
        DatasetVersion published = datasets.publish(
                "digits",
                with(files("a", "2", "b", "1", "c", "1"), () -> publish(Branch.MAIN, "a", "1", "b", "2", "c", "1")),
                PublishOptions.defaults());
        assertThat(content(published)).isEqualTo("a=2 b=2 c=1");
        assertThat(published.name()).isEqualTo("V003");
        assertThat(published.parentId())
                .isEqualTo(datasets.version("digits:V002").id());

        assertThatThrownBy(() -> datasets.publish(
                        "digits",
                        with(
                                files("a", "4", "b", "2", "c", "1"),
                                () -> publish(Branch.MAIN, "a", "5", "b", "2", "c", "1")),
                        PublishOptions.defaults()))
                .isInstanceOf(MergeConflictException.class);
        assertThat(content(datasets.version("digits"))).isEqualTo("a=5 b=2 c=1");
    }

    @Test
    void aBranchThatIsDeletedDuringAPublishEndsIt() {
        branches.create("clean", first);
        PublishOptions options = PublishOptions.builder().branch("clean").build();
        assertThatThrownBy(() ->
                        datasets.publish("digits", with(files("a", "2"), () -> branches.delete("clean")), options))
                .isInstanceOf(NotFoundException.class);
        assertThat(datasets.versions("digits").toList()).hasSize(1);
    }

    @Test
    void writersAtOnceOnOneBranchLoseNothing() throws Exception {
        branches.create("clean", first);
        PublishOptions options =
                PublishOptions.builder().branch("clean").base(first).build();
        List<Callable<DatasetVersion>> writers = IntStream.range(0, 4)
                .mapToObj(i -> (Callable<DatasetVersion>) () ->
                        files("a", "1", "b", "1", "c", "1", "new-" + i, "x").publish(datasets, "digits", options))
                .toList();
        List<DatasetVersion> made = Together.run(writers);

        assertThat(made).extracting(DatasetVersion::id).doesNotHaveDuplicates();
        DatasetVersion head = datasets.version("digits@clean");
        assertThat(content(head)).isEqualTo("a=1 b=1 c=1 new-0=x new-1=x new-2=x new-3=x");
        DatasetVersion version = head;
        for (int i = 0; i < 4; i++) {
            assertThat(version.files()).isEqualTo(7 - i);
            String parent = version.parentId();
            version = datasets.versions("digits").stream()
                    .filter(one -> one.id().equals(parent))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(version).isEqualTo(first);
    }

    @Test
    void ofWritersAtOnceThatConflictOneWins() throws Exception {
        PublishOptions options = PublishOptions.builder().base(first).build();
        List<Callable<Boolean>> writers = IntStream.range(0, 4)
                .mapToObj(i -> (Callable<Boolean>) () -> {
                    try {
                        files("a", "writer " + i, "b", "1", "c", "1").publish(datasets, "digits", options);
                        return true;
                    } catch (MergeConflictException e) {
                        return false;
                    }
                })
                .toList();
        assertThat(Together.run(writers)).containsOnlyOnce(true);
        assertThat(datasets.versions("digits").toList()).hasSize(2);
    }

    @Test
    void mergesAtOnceIntoOneBranchAllHappen() throws Exception {
        List<Callable<DatasetVersion>> merges = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String name = "branch-" + i;
            branches.create(name, first);
            publish(name, "a", "1", "b", "1", "c", "1", name, "x");
            merges.add(() -> branches.merge(name, Branch.MAIN, MergeOptions.DEFAULTS));
        }
        Together.run(merges);
        assertThat(content(datasets.version("digits"))).isEqualTo("a=1 b=1 branch-0=x branch-1=x branch-2=x c=1");
    }

    @Test
    void aContributionIsProposedAndAccepted() {
        branches.create("clean", first);
        DatasetVersion clean = publish("clean", "a", "2", "b", "1", "c", "1");
        publish(Branch.MAIN, "a", "1", "b", "2", "c", "1");
        Contribution proposed = branches.propose("clean", Branch.MAIN, "Cleaner", "Labels were wrong.");

        assertThat(proposed.number()).isEqualTo(1);
        assertThat(proposed.state()).isEqualTo(State.OPEN);
        assertThat(branches.contribution(1)).isEqualTo(proposed);
        assertThatThrownBy(() -> branches.delete("clean"))
                .isInstanceOf(ResourceInUseException.class)
                .hasMessageContaining("#1");
        Contribution accepted = branches.accept(1, MergeOptions.DEFAULTS);
        DatasetVersion merged = datasets.version("digits");
        assertThat(accepted.state()).isEqualTo(State.ACCEPTED);
        assertThat(accepted.resultId()).isEqualTo(merged.id());
        assertThat(merged.mergedId()).isEqualTo(clean.id());
        assertThat(merged.message()).contains("#1").contains("Cleaner");
        assertThat(content(merged)).isEqualTo("a=2 b=2 c=1");
        assertThatThrownBy(() -> branches.accept(1, MergeOptions.DEFAULTS))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("not open");
        assertThatThrownBy(() -> branches.refuse(1, "late")).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> branches.withdraw(1, "late")).isInstanceOf(ConflictException.class);
        branches.delete("clean");
    }

    @Test
    void aContributionThatConflictsStaysOpen() {
        branches.create("clean", first);
        publish("clean", "a", "2");
        publish(Branch.MAIN, "a", "3");
        branches.propose("clean", Branch.MAIN, "Cleaner", "");
        assertThatThrownBy(() -> branches.accept(1, MergeOptions.DEFAULTS)).isInstanceOf(MergeConflictException.class);
        assertThat(branches.contribution(1).state()).isEqualTo(State.OPEN);
        Contribution refused = branches.refuse(1, "conflicts");
        assertThat(refused.state()).isEqualTo(State.REFUSED);
        assertThat(refused.reason()).isEqualTo("conflicts");
        assertThat(refused.decidedBy()).isNotNull();
        branches.propose("clean", Branch.MAIN, "Again", "");
        assertThat(branches.withdraw(2, "mistaken").state()).isEqualTo(State.WITHDRAWN);
        assertThat(branches.contributions().toList())
                .extracting(Contribution::number)
                .containsExactly(2L, 1L);
    }

    @Test
    void ofSeveralDecisionsOneWins() throws Exception {
        branches.create("clean", first);
        publish("clean", "a", "2", "b", "1", "c", "1");
        publish(Branch.MAIN, "a", "1", "b", "2", "c", "1");
        branches.propose("clean", Branch.MAIN, "Cleaner", "");
        List<Callable<Contribution>> decisions = List.of(
                () -> branches.accept(1, MergeOptions.DEFAULTS),
                () -> branches.accept(1, MergeOptions.DEFAULTS),
                () -> branches.refuse(1, "no"),
                () -> branches.withdraw(1, "no"));
        List<Callable<Boolean>> attempts = decisions.stream()
                .map(decision -> (Callable<Boolean>) () -> {
                    try {
                        decision.call();
                        return true;
                    } catch (ConflictException e) {
                        return false;
                    }
                })
                .toList();
        assertThat(Together.run(attempts)).containsOnlyOnce(true);
        boolean isAccepted = branches.contribution(1).state() == State.ACCEPTED;
        assertThat(datasets.versions("digits").toList()).hasSize(isAccepted ? 4 : 3);
    }

    @Test
    void aBadContributionIsRefused() {
        branches.create("clean", first);
        assertThatThrownBy(() -> branches.propose("clean", "clean", "t", "")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> branches.propose("none", Branch.MAIN, "t", "")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> branches.propose("clean", "none", "t", "")).isInstanceOf(NotFoundException.class);
        for (String title : List.of("", " ", "two\nlines", "x".repeat(201))) {
            assertThatThrownBy(() -> branches.propose("clean", Branch.MAIN, title, ""))
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> branches.contribution(1)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void aReaderProposesButDecidesOnlyWhatIsHers() {
        branches.create("clean", first);
        branches.propose("clean", Branch.MAIN, "By the owner", "");
        Branches hers = aliceDatasets(Privilege.READ).branches("digits");
        hers.propose("clean", Branch.MAIN, "By Alice", "");

        assertLacks("publish", () -> hers.accept(2, MergeOptions.DEFAULTS));
        assertLacks("publish", () -> hers.refuse(2, ""));
        assertThatThrownBy(() -> hers.withdraw(1, "")).isInstanceOf(AccessDeniedException.class);
        assertThat(hers.withdraw(2, "").state()).isEqualTo(State.WITHDRAWN);
        assertLacks("edit", () -> hers.create("mine", first));
        assertLacks("edit", () -> hers.move("clean", first, first));
        assertLacks("edit", () -> hers.tag("mine", first));
        assertLacks("edit", () -> hers.delete("clean"));
        assertLacks("edit", () -> hers.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS));
        assertThat(hers.list().toList()).hasSize(2);
    }

    private static void assertLacks(String privilege, Runnable call) {
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(call::run)
                .satisfies(e -> assertThat(e.missing()).isEqualTo(privilege));
    }

    @Test
    void anEditorMergesIntoMainOnlyWithTheRightToPublish() {
        branches.create("clean", first);
        branches.create("other", first);
        publish("clean", "a", "2");
        Branches hers = aliceDatasets(Privilege.EDIT).branches("digits");
        assertLacks("publish", () -> hers.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS));
        assertThat(hers.merge("clean", "other", MergeOptions.DEFAULTS).reference())
                .isEqualTo(branch("other").head());
        aliceDatasets(Privilege.PUBLISH);
        assertThat(hers.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS).reference())
                .isEqualTo(branch(Branch.MAIN).head());
    }

    @Test
    void anEditorPublishesToMainButMovesItOnlyWithTheRightToPublish() {
        branches.create("clean", first);
        DatasetVersion clean = publish("clean", "a", "2");
        DatasetStore hers = aliceDatasets(Privilege.EDIT);
        assertLacks("publish", () -> hers.branches("digits").move(Branch.MAIN, clean, first));
        assertLacks("publish", () -> hers.moveCurrent(clean, first));
        assertThat(branch(Branch.MAIN).headId()).isEqualTo(first.id());
        assertThat(hers.branches("digits").move("clean", first, clean).headId()).isEqualTo(first.id());
        DatasetVersion published = files("a", "3").publish(hers, "digits");
        assertThat(branch(Branch.MAIN).headId()).isEqualTo(published.id());

        aliceDatasets(Privilege.PUBLISH);
        assertThat(hers.branches("digits").move(Branch.MAIN, clean, published).headId())
                .isEqualTo(clean.id());
        assertThat(hers.moveCurrent(published, clean).currentVersionId()).isEqualTo(published.id());
    }

    @Test
    void whoMadeADataSetMovesItsMain() {
        project.access().grant(Subject.user(alice), Privilege.EDIT);
        DatasetStore hers = aliceDatasets();
        DatasetVersion older = files("a", "1").publish(hers, "hers");
        DatasetVersion newer = files("a", "2").publish(hers, "hers");

        assertThat(hers.moveCurrent(older, newer).currentVersionId()).isEqualTo(older.id());
        assertThat(hers.branches("hers").move(Branch.MAIN, newer, older).headId())
                .isEqualTo(newer.id());
    }

    @Test
    void whoMayNotReadSeesNothing() {
        branches.create("clean", first);
        Branches hers = aliceDatasetsOfAnother().branches("digits");
        List<Runnable> calls = List.of(
                () -> hers.find("clean"),
                () -> hers.list().toList(),
                () -> hers.tags().toList(),
                () -> hers.contributions().toList(),
                () -> hers.conflicts("clean", Branch.MAIN),
                () -> hers.commonAncestor(first, first),
                () -> hers.propose("clean", Branch.MAIN, "t", ""),
                () -> hers.merge("clean", Branch.MAIN, MergeOptions.DEFAULTS));
        for (Runnable call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(NotFoundException.class);
        }
    }

    /** She may see the project, but not the data set. */
    private DatasetStore aliceDatasetsOfAnother() {
        DatasetVersion seen = files("a", "1").publish(datasets, "seen");
        project.access().grant(Asset.dataset(seen.datasetId()), Subject.user(alice), Privilege.READ);
        return aliceDatasets();
    }

    @Test
    void whatHappensIsRecorded() {
        branches.create("clean", first);
        DatasetVersion clean = publish("clean", "a", "2");
        branches.propose("clean", Branch.MAIN, "Cleaner", "");
        branches.accept(1, MergeOptions.DEFAULTS);
        branches.tag("gold", clean);
        branches.untag("gold");
        branches.delete("clean");

        List<Event> events = project.events().list().stream().toList();
        assertThat(events)
                .extracting(Event::kind)
                .endsWith(
                        EventKind.CREATED,
                        EventKind.PUBLISHED,
                        EventKind.CREATED,
                        EventKind.MOVED,
                        EventKind.UPDATED,
                        EventKind.CREATED,
                        EventKind.DESTROYED,
                        EventKind.DESTROYED);
        assertThat(events)
                .extracting(Event::subject)
                .contains("branch clean of data set digits", "contribution #1 of data set digits")
                .contains("branch main of data set digits", "tag gold of data set digits");
    }
}
