package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data sets, their versions, and what holds for the pages of every list. */
public abstract class DatasetsContract extends MetadataStoreContract {
    /** For subclasses. */
    protected DatasetsContract() {}

    @Test
    void keepsADataset() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        Dataset changed = new Dataset(
                dataset.id(),
                project.id(),
                dataset.name(),
                "new",
                Map.of("a", "ü\"", "b", ""),
                null,
                "alice",
                World.NOW);
        change(tx -> tx.datasets().update(changed));

        assertThat(find(tx -> tx.datasets().find(project.id(), dataset.name()))).contains(changed);
        assertThat(find(tx -> tx.datasets().findById(dataset.id()))).contains(changed);
        assertThat(find(tx -> tx.datasets().find("none", dataset.name()))).isEmpty();
        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> world().dataset(project, dataset.name(), ""))
                .withMessageContaining(dataset.name());
    }

    @Test
    void listsByTextIgnoringCaseWithoutPatterns() {
        ProjectInfo project = world().project();
        Dataset digits = world().dataset(project, "Digits_PNG", "");
        Dataset described = world().dataset(project, "images", "100% digits");
        Dataset other = world().dataset(project, "other", "");

        assertThat(named(project, "dIGITS", HOST)).containsExactly(digits, described);
        assertThat(named(project, "0% D", HOST)).containsExactly(described);
        assertThat(named(project, "_", HOST)).containsExactly(digits);
        assertThat(named(project, "", HOST)).containsExactly(digits, described, other);
        assertThat(named(project, "none", HOST)).isEmpty();
    }

    @Test
    void listsOnlyThoseThatTheViewerMayRead() {
        ProjectInfo project = world().project();
        Dataset granted = world().dataset(project);
        world().dataset(project);
        world().grant(project, Asset.dataset(granted.id()), Subject.user("bob"), Privilege.EDIT);
        ProjectInfo open = world().project(Visibility.PUBLIC);
        Dataset published = world().dataset(open);

        assertThat(named(project, "", Principal.user("bob"))).containsExactly(granted);
        assertThat(named(project, "", Principal.user("eve"))).isEmpty();
        assertThat(named(open, "", Principal.anonymous())).containsExactly(published);
    }

    @Test
    void keepsAVersionWithItsReference() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        DatasetVersion first = world().datasetVersion(project, dataset, null);
        DatasetVersion second = world().datasetVersion(project, dataset, first.id());

        assertThat(find(tx -> tx.datasets().findVersion(dataset.id(), "V001"))).contains(first);
        assertThat(find(tx -> tx.datasets().findVersionById(second.id()))).contains(second);
        assertThat(find(tx -> tx.datasets().findVersion(dataset.id(), "V003"))).isEmpty();
        assertThat(readAll(1, (tx, page) -> tx.datasets().versions(dataset.id(), page)))
                .containsExactly(second, first);
    }

    @Test
    void refusesATakenVersionName() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        DatasetVersion version = world().datasetVersion(project, dataset, null);
        DatasetVersion twin = new DatasetVersion(
                World.id(),
                project.id(),
                dataset.id(),
                version.reference(),
                version.name(),
                2,
                null,
                null,
                "",
                Map.of(),
                version.manifest(),
                0,
                0,
                List.of(),
                "alice",
                "alice",
                World.NOW);

        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> change(tx -> tx.datasets().insertVersion(twin)))
                .withMessageContaining(version.name());
    }

    @Test
    void versionsAreGaplessWhenSeveralPublishAtOnce() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);

        together(
                5,
                () -> IntStream.range(0, 6)
                        .mapToObj(i -> world().datasetVersion(project, dataset, null))
                        .toList());

        assertThat(readAll(7, (tx, page) -> tx.datasets().versions(dataset.id(), page)))
                .extracting(DatasetVersion::ordinal)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 30).map(i -> 31 - i).boxed().toList());
    }

    @Test
    void ordinalsAreNotGivenAgainAfterADelete() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        DatasetVersion version = world().datasetVersion(project, dataset, null);
        change(tx -> tx.datasets().deleteVersion(version.id()));

        assertThat(world().datasetVersion(project, dataset, null).ordinal()).isEqualTo(2);
    }

    @Test
    void movesTheCurrentPointerOnlyFromWhereItIsExpected() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        String first = world().datasetVersion(project, dataset, null).id();
        String second = world().datasetVersion(project, dataset, null).id();

        assertThat(move(dataset, first, second)).isFalse();
        assertThat(move(dataset, null, first)).isTrue();
        assertThat(current(dataset)).isEqualTo(first);
        assertThat(move(dataset, null, second)).isFalse();
        assertThat(move(dataset, second, first)).isFalse();
        assertThat(move(dataset, first, second)).isTrue();
        assertThat(current(dataset)).isEqualTo(second);
        assertThat(move(dataset, second, null)).isTrue();
        assertThat(current(dataset)).isEqualTo("none");
        assertThat(move(dataset, null, null)).isTrue();
    }

    @Test
    void ofSeveralThatMoveThePointerFromOnePlaceOneWins() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        String version = world().datasetVersion(project, dataset, null).id();

        assertThat(together(5, () -> move(dataset, null, version))).containsOnlyOnce(true);
    }

    @Test
    void saysWhatUsesAVersion() {
        ProjectInfo project = world().project();
        DatasetVersion version = world().datasetVersion(project, world().dataset(project), null);
        assertThat(list(tx -> tx.datasets().users(version.id()))).isEmpty();

        Run run = world().run(world().experiment(project));
        use(run, version, "train");
        use(run, version, "test");
        var model = world().modelVersion(project, world().model(project), null, List.of(version.id()));
        var application =
                world().applicationVersion(project, world().application(project), List.of(), List.of(version));

        assertThat(list(tx -> tx.datasets().users(version.id())))
                .hasSize(3)
                .anyMatch(text -> text.contains(run.name()) && text.contains(run.reference()))
                .anyMatch(text -> text.contains(model.reference()))
                .anyMatch(text -> text.contains(application.reference()));
    }

    @Test
    void saysAtMostTwentyUsers() {
        ProjectInfo project = world().project();
        DatasetVersion version = world().datasetVersion(project, world().dataset(project), null);
        var experiment = world().experiment(project);
        IntStream.range(0, 25).forEach(i -> use(world().run(experiment), version, "train"));

        assertThat(list(tx -> tx.datasets().users(version.id()))).hasSize(20);
    }

    @Test
    void deletesAVersionWhoseChildrenThenComeFromItsParent() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        DatasetVersion first = world().datasetVersion(project, dataset, null);
        DatasetVersion second = world().datasetVersion(project, dataset, first.id());
        DatasetVersion third = world().datasetVersion(project, dataset, second.id());

        change(tx -> tx.datasets().deleteVersion(second.id()));
        assertThat(find(tx -> tx.datasets().findVersionById(second.id()))).isEmpty();
        assertThat(parentOf(third)).isEqualTo(first.id());

        change(tx -> tx.datasets().deleteVersion(first.id()));
        assertThat(parentOf(third)).isNull();
    }

    private @Nullable String parentOf(DatasetVersion version) {
        return find(tx -> tx.datasets().findVersionById(version.id()))
                .orElseThrow()
                .parentId();
    }

    @Test
    void aVersionThatARunUsesCannotBeDeleted() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        DatasetVersion version = world().datasetVersion(project, dataset, null);
        use(world().run(world().experiment(project)), version, "train");

        assertThatThrownBy(() -> change(tx -> tx.datasets().deleteVersion(version.id())))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> change(tx -> tx.datasets().delete(dataset.id())))
                .isInstanceOf(RuntimeException.class);
        assertThat(find(tx -> tx.datasets().findVersionById(version.id()))).contains(version);
    }

    @Test
    void deletesADatasetWithItsVersions() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        DatasetVersion first = world().datasetVersion(project, dataset, null);
        DatasetVersion second = world().datasetVersion(project, dataset, first.id());
        move(dataset, null, second.id());
        change(tx -> tx.datasets().delete(dataset.id()));

        assertThat(find(tx -> tx.datasets().findById(dataset.id()))).isEmpty();
        assertThat(find(tx -> tx.datasets().findVersionById(second.id()))).isEmpty();
    }

    @Test
    void pagesNeitherSkipNorRepeatWhileOthersAreInserted() {
        ProjectInfo project = world().project();
        List<String> before = new ArrayList<>();
        IntStream.range(0, 15)
                .forEach(i -> before.add(
                        world().dataset(project, "m%02d".formatted(i), "").id()));
        int[] late = {0};

        List<String> seen = readAll(4, (tx, page) -> tx.datasets().list(project.id(), "", HOST, page), () -> {
                    world().dataset(project, "a%02d".formatted(late[0]), "");
                    world().dataset(project, "m05-%02d".formatted(late[0]++), "");
                })
                .stream()
                .map(Dataset::id)
                .toList();

        assertThat(seen).doesNotHaveDuplicates().containsSubsequence(before);
    }

    @Test
    void theLastPageHasNoToken() {
        ProjectInfo project = world().project();
        world().dataset(project);
        world().dataset(project);

        assertThat(page(project, 2, null).nextToken()).isEmpty();
        assertThat(page(project, 1, null).nextToken()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "AAAA",
                "bm90IGpzb24",
                "W10",
                "WyIxIl0",
                "bnVsbA",
                "e30",
                "WyIxIiwiYSIsbnVsbF0",
                "\0"
            })
    void refusesATokenThatItDidNotMake(String token) {
        ProjectInfo project = world().project();

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> page(project, 1, token))
                .satisfies(e -> assertThat(e.field()).isEqualTo("page token"));
    }

    @Test
    void refusesATokenOfAnotherListOrQuery() {
        ProjectInfo project = world().project();
        world().dataset(project);
        world().dataset(project);
        String token = page(project, 1, null).nextToken().orElseThrow();
        PageRequest foreign = new PageRequest(1, token);

        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> page(world().project(), 1, token));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> list(tx ->
                        tx.datasets().list(project.id(), "text", HOST, foreign).items()));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> list(
                        tx -> tx.devices().list(project.id(), HOST, foreign).items()));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> page(project, 1, token.substring(0, token.length() - 3)));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> page(project, 1, "A".repeat(1_000_000)));
    }

    private Page<Dataset> page(ProjectInfo project, int limit, @Nullable String token) {
        return read(tx -> tx.datasets().list(project.id(), "", HOST, new PageRequest(limit, token)));
    }

    private List<Dataset> named(ProjectInfo project, String text, Principal viewer) {
        return readAll(1, (tx, page) -> tx.datasets().list(project.id(), text, viewer, page));
    }

    private boolean move(Dataset dataset, @Nullable String expected, @Nullable String to) {
        return this.<Boolean>write(tx -> tx.datasets().moveCurrent(dataset.id(), expected, to));
    }

    private String current(Dataset dataset) {
        return Optional.ofNullable(find(tx -> tx.datasets().findById(dataset.id()))
                        .orElseThrow()
                        .currentVersionId())
                .orElse("none");
    }

    private void use(Run run, DatasetVersion version, String split) {
        change(tx -> tx.runs()
                .addDatasetUse(
                        run.id(),
                        new DatasetUse(version.id(), version.reference(), DatasetUse.Role.ofSplit(split), split)));
    }
}
