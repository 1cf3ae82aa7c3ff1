package dev.mlops.testkit.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetRef;
import dev.mlops.api.dataset.DatasetSpec;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.project.Project;
import dev.mlops.testkit.fixture.Scene;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets and the life of their versions, as every {@link DatasetStore} keeps them. Say which store to use. */
public abstract class DatasetStoreContract {
    private final String alice = "alice-" + UUID.randomUUID();
    private final TestFiles files = new TestFiles().with("a.txt", "a").with("b/c.txt", "c");

    @TempDir
    private Path directory;

    private Project project;
    private DatasetStore datasets;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected DatasetStoreContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeProject() {
        project = mlops().projects().create(Scene.freshName());
        datasets = project.datasets();
    }

    private DatasetStore aliceDatasets() {
        return mlops().as(Principal.user(alice)).projects().open(project.name()).datasets();
    }

    private void grant(Dataset dataset, Privilege privilege) {
        project.access().grant(Asset.dataset(dataset.id()), Subject.user(alice), privilege);
    }

    @Test
    void aDataSetIsMadeFoundChangedAndListed() {
        Dataset made = datasets.create(DatasetSpec.builder("digits")
                .description("hand-written")
                .metadata("licence", "CC-BY")
                .build());

        assertThat(made.name()).isEqualTo("digits");
        assertThat(made.description()).isEqualTo("hand-written");
        assertThat(made.metadata()).containsExactly(Map.entry("licence", "CC-BY"));
        assertThat(made.currentVersionId()).isNull();
        assertThat(made.createdBy()).isEqualTo(mlops().principal().name());
        assertThat(datasets.find("digits")).contains(made);
        assertThat(datasets.find("other")).isEmpty();
        assertThat(datasets.versions("digits").toList()).isEmpty();

        Dataset changed = datasets.update("digits", "better", Map.of());
        assertThat(changed.description()).isEqualTo("better");
        assertThat(changed.metadata()).isEmpty();
        assertThat(datasets.find("digits")).contains(changed);
        assertThatThrownBy(() -> datasets.update("other", "", Map.of())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void aDataSetIsMadeOncePerIdempotencyKey() {
        DatasetSpec spec = DatasetSpec.builder("keyed")
                .metadata("licence", "CC-BY")
                .idempotencyKey(IdempotencyKey.of("dataset-1"))
                .build();

        assertThat(datasets.create(spec)).isEqualTo(datasets.create(spec));
        assertThatThrownBy(() -> datasets.create(DatasetSpec.builder("other")
                        .idempotencyKey(IdempotencyKey.of("dataset-1"))
                        .build()))
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void dataSetsAreListedByNameAndFoundByText() {
        datasets.create("b-digits");
        datasets.create(
                DatasetSpec.builder("a-faces").description("of DIGITal people").build());
        datasets.create(DatasetSpec.builder("c-cars").description("100%_real").build());

        assertThat(datasets.list().map(Dataset::name).toList()).containsExactly("a-faces", "b-digits", "c-cars");
        assertThat(datasets.list("digit").map(Dataset::name).toList()).containsExactly("a-faces", "b-digits");
        assertThat(datasets.list("%_r").map(Dataset::name).toList()).containsExactly("c-cars");
        assertThat(datasets.list("nothing").toList()).isEmpty();
    }

    @Test
    void namesAndTextsAreChecked() {
        for (String bad : List.of("", " ", "a b", "a/b", "a:b", "ü", "x".repeat(65), "../a")) {
            assertThatThrownBy(() -> datasets.create(bad)).as(bad).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> files.publish(datasets, bad)).as(bad).isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> datasets.create(
                        DatasetSpec.builder("a").description("x".repeat(4097)).build()))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> datasets.create(
                        DatasetSpec.builder("a").metadata("bad\nkey", "").build()))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> datasets.create(
                        DatasetSpec.builder("a").metadata("k", "x".repeat(8001)).build()))
                .isInstanceOf(InvalidInputException.class);
        assertThat(datasets.list().toList()).isEmpty();
    }

    @Test
    void aNameIsTakenOnce() {
        datasets.create("digits");
        assertThatThrownBy(() -> datasets.create("digits"))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("digits");
    }

    @Test
    void aReferenceLeadsToAVersionOrTheCurrentOne() {
        DatasetVersion first = files.publish(datasets, "digits");
        DatasetVersion second = files.with("d", "d").publish(datasets, "digits");

        assertThat(datasets.version("digits")).isEqualTo(second);
        assertThat(datasets.version("digits:V001")).isEqualTo(first);
        assertThat(datasets.version(project.name() + "/digits:V002")).isEqualTo(second);
        assertThat(first.reference()).isEqualTo(project.name() + "/digits:V001");
        Project other = mlops().projects().create(Scene.freshName());
        assertThat(other.datasets().version(DatasetRef.parse(first.reference())))
                .isEqualTo(first);
        for (String missing : List.of("other", "digits:V003", "no-project/digits", other.name() + "/digits")) {
            assertThatThrownBy(() -> datasets.version(missing)).as(missing).isInstanceOf(NotFoundException.class);
        }
        datasets.create("empty");
        assertThatThrownBy(() -> datasets.version("empty"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("current");
    }

    @Test
    void versionsAreListedNewestFirstAndPagedWhileOthersArePublished() {
        for (int i = 0; i < 4; i++) {
            files.with("n", "" + i).publish(datasets, "digits");
        }
        var first = datasets.versions("digits").page(2);
        files.with("n", "later").publish(datasets, "digits");
        var rest = datasets.versions("digits")
                .page(new PageRequest(2, first.nextToken().orElseThrow()));

        assertThat(first.items()).extracting(DatasetVersion::name).containsExactly("V004", "V003");
        assertThat(rest.items()).extracting(DatasetVersion::name).containsExactly("V002", "V001");
        assertThat(rest.nextToken()).isEmpty();
        assertThatThrownBy(() -> datasets.versions("none").toList()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void theCurrentPointerMovesOnlyFromWhereItIsExpected() {
        DatasetVersion first = files.publish(datasets, "digits");
        DatasetVersion second = files.with("d", "d").publish(datasets, "digits");

        assertThatThrownBy(() -> datasets.moveCurrent(first, first))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("V001");
        assertThat(datasets.moveCurrent(first, second).currentVersionId()).isEqualTo(first.id());
        assertThat(datasets.version("digits")).isEqualTo(first);
        DatasetVersion third = files.with("e", "e").publish(datasets, "digits");
        assertThat(third.parentId()).isEqualTo(first.id());
        DatasetVersion other = files.publish(datasets, "other");
        assertThatThrownBy(() -> datasets.moveCurrent(first, other)).isInstanceOf(MlopsException.class);
        assertThatThrownBy(() -> datasets.moveCurrent(other, third)).isInstanceOf(MlopsException.class);
        assertThat(datasets.version("digits")).isEqualTo(third);
    }

    @Test
    void aVersionIsDeletedAndItsOrdinalNeverUsedAgain() {
        DatasetVersion first = files.publish(datasets, "digits");
        DatasetVersion second = files.with("d", "d").publish(datasets, "digits");
        assertThatExceptionOfType(ResourceInUseException.class)
                .isThrownBy(() -> datasets.deleteVersion(second))
                .satisfies(e -> assertThat(e.users()).anyMatch(user -> user.contains("current")));

        datasets.deleteVersion(first);
        assertThatThrownBy(() -> datasets.version("digits:V001")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> datasets.open(first, "a.txt")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> datasets.deleteVersion(first)).isInstanceOf(NotFoundException.class);
        assertThat(datasets.version("digits").parentId()).isNull();
        assertThat(TestFiles.read(datasets, second, "a.txt")).isEqualTo(files.bytes("a.txt"));
        assertThat(files.publish(datasets, "digits").ordinal()).isEqualTo(3);
    }

    @Test
    void theOnlyVersionIsDeletedAndNothingIsCurrent() {
        DatasetVersion only = files.publish(datasets, "digits");
        datasets.deleteVersion(only);

        assertThat(datasets.find("digits").orElseThrow().currentVersionId()).isNull();
        DatasetVersion next = files.publish(datasets, "digits");
        assertThat(next.name()).isEqualTo("V002");
        assertThat(next.parentId()).isNull();
    }

    @Test
    void aVersionThatIsUsedIsNotDeleted() {
        Scene scene = Scene.tell(mlops());
        DatasetStore told = scene.project().datasets();
        files.publish(told, "data");

        assertThatExceptionOfType(ResourceInUseException.class)
                .isThrownBy(() -> told.deleteVersion(scene.data()))
                .satisfies(e -> assertThat(e.users()).isNotEmpty())
                .withMessageContaining("data:V001");
        assertThatExceptionOfType(ResourceInUseException.class).isThrownBy(() -> told.destroy("data"));
        assertThat(told.versions("data").toList()).hasSize(2);
        told.destroy("spare");
        assertThat(told.find("spare")).isEmpty();
    }

    @Test
    void aDestroyedDataSetIsGoneAndItsNameFree() {
        DatasetVersion version = files.publish(datasets, "digits");
        files.with("d", "d").publish(datasets, "digits");
        datasets.destroy("digits");

        assertThat(datasets.find("digits")).isEmpty();
        assertThatThrownBy(() -> datasets.files(version).toList()).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> datasets.destroy("digits")).isInstanceOf(NotFoundException.class);
        assertThat(files.publish(datasets, "digits").name()).isEqualTo("V001");
    }

    @Test
    void everyChangeIsAnEvent() {
        datasets.create("digits");
        datasets.update("digits", "new", Map.of());
        DatasetVersion first = files.publish(datasets, "digits");
        DatasetVersion second = files.with("d", "d").publish(datasets, "digits");
        datasets.moveCurrent(first, second);
        datasets.deleteVersion(second);
        datasets.destroy("digits");

        List<Event> events = project.events().list().stream().toList();
        assertThat(events)
                .extracting(Event::kind)
                .endsWith(
                        EventKind.CREATED,
                        EventKind.UPDATED,
                        EventKind.PUBLISHED,
                        EventKind.PUBLISHED,
                        EventKind.MOVED,
                        EventKind.DESTROYED,
                        EventKind.DESTROYED);
        assertThat(events).anyMatch(event -> event.subject().contains("digits:V002"));
    }

    @Test
    void listsGiveOnlyWhatTheCallerMayRead() {
        DatasetVersion seen = files.publish(datasets, "seen");
        files.publish(datasets, "hidden");
        grant(datasets.find("seen").orElseThrow(), Privilege.READ);

        DatasetStore hers = aliceDatasets();
        assertThat(hers.list().map(Dataset::name).toList()).containsExactly("seen");
        assertThat(hers.find("hidden")).isEmpty();
        assertThat(hers.version("seen")).isEqualTo(seen);
        assertThat(TestFiles.read(hers, seen, "a.txt")).isEqualTo(files.bytes("a.txt"));
    }

    @Test
    void whatTheCallerMayNotReadDoesNotExistForHim() {
        files.publish(datasets, "seen");
        DatasetVersion hidden = files.publish(datasets, "hidden");
        grant(datasets.find("seen").orElseThrow(), Privilege.READ);

        DatasetStore hers = aliceDatasets();
        List<Runnable> calls = List.of(
                () -> hers.version("hidden"),
                () -> hers.version(hidden.reference()),
                () -> hers.versions("hidden").toList(),
                () -> hers.files(hidden).toList(),
                () -> hers.file(hidden, "a.txt"),
                () -> hers.open(hidden, "a.txt"),
                () -> hers.open(hidden, "a.txt", 0, 1),
                () -> hers.materialise(hidden, directory.resolve("out")),
                () -> hers.diff(hidden, hidden),
                () -> hers.verify(hidden, ProgressListener.NONE, new Cancellation()),
                () -> hers.deleteVersion(hidden),
                () -> hers.moveCurrent(hidden, hidden),
                () -> hers.update("hidden", "", Map.of()),
                () -> hers.destroy("hidden"),
                () -> files.publish(hers, "hidden"),
                () -> files.publish(hers, "new"));
        for (Runnable call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(NotFoundException.class);
        }
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @Test
    void aReaderLacksEditAndDelete() {
        DatasetVersion version = files.publish(datasets, "seen");
        grant(datasets.find("seen").orElseThrow(), Privilege.READ);

        DatasetStore hers = aliceDatasets();
        assertLacks("edit", () -> files.publish(hers, "seen"));
        assertLacks("edit", () -> hers.update("seen", "", Map.of()));
        assertLacks("edit", () -> hers.moveCurrent(version, version));
        assertLacks("delete", () -> hers.deleteVersion(version));
        assertLacks("delete", () -> hers.destroy("seen"));
    }

    private static void assertLacks(String privilege, Runnable call) {
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(call::run)
                .satisfies(e -> assertThat(e.missing()).isEqualTo(privilege));
    }

    @Test
    void anEditorOfADataSetPublishesThereOnly() {
        files.publish(datasets, "seen");
        grant(datasets.find("seen").orElseThrow(), Privilege.EDIT);

        assertThat(files.with("x", "x").publish(aliceDatasets(), "seen").createdBy())
                .isEqualTo(alice);
        assertThatThrownBy(() -> files.publish(aliceDatasets(), "new")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void dataOfAnotherProjectIsReadWithAGrantThereButChangedOnlyThere() {
        DatasetVersion version = files.publish(datasets, "seen");
        Project other = mlops().projects().create(Scene.freshName());

        assertThat(TestFiles.read(other.datasets(), version, "a.txt")).isEqualTo(files.bytes("a.txt"));
        assertThat(other.datasets().files(version, FileQuery.ALL).toList()).hasSize(2);
        assertThatThrownBy(() -> other.datasets().deleteVersion(version))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("another project");
        assertThatThrownBy(() -> other.datasets().versions("seen").toList()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void aVersionThatTheCallerMadeUpGivesNothing() {
        DatasetVersion secret = files.publish(datasets, "secret");
        DatasetVersion seen = new TestFiles().with("x", "x").publish(datasets, "seen");
        grant(datasets.find("seen").orElseThrow(), Privilege.READ);
        DatasetVersion forged = new DatasetVersion(
                seen.id(),
                seen.projectId(),
                seen.datasetId(),
                seen.reference(),
                seen.name(),
                seen.ordinal(),
                null,
                null,
                "",
                Map.of(),
                secret.manifest(),
                secret.files(),
                secret.bytes(),
                List.of(),
                alice,
                alice,
                seen.createdAt());

        assertThat(aliceDatasets().files(forged).toList())
                .isEqualTo(datasets.files(seen).toList());
        assertThatThrownBy(() -> aliceDatasets().open(forged, "a.txt")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void publishOptionsAreKept() {
        DatasetVersion version = files.publish(
                datasets,
                "digits",
                PublishOptions.builder()
                        .versionName("gold")
                        .message("Größe 🎯\nsecond line")
                        .metadata("source", "lab")
                        .build());

        assertThat(version.name()).isEqualTo("gold");
        assertThat(version.message()).isEqualTo("Größe 🎯\nsecond line");
        assertThat(version.metadata()).containsExactly(Map.entry("source", "lab"));
        assertThat(version.ordinal()).isEqualTo(1);
        assertThat(version.parentId()).isNull();
        assertThat(version.files()).isEqualTo(2);
        assertThat(version.bytes()).isEqualTo(2);
        assertThat(version.splits()).isEmpty();
        assertThat(datasets.version("digits:gold")).isEqualTo(version);
    }
}
