package dev.mlops.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelDocument;
import dev.mlops.api.model.ModelQuery;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelSpec;
import dev.mlops.api.model.ModelUpdate;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.model.VersionNumbering;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.project.Project;
import dev.mlops.testkit.fixture.Scene;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link ModelRegistry} keeps of models and of the versions in it. Inherit it and say which store to use; each
 * test makes a project of its own. Imports and numbers, and aliases, have suites of their own.
 */
public abstract class ModelRegistryContract {
    @TempDir
    private Path directory;

    private Project project;
    private ModelRegistry models;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected ModelRegistryContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeProject() {
        project = mlops().projects().create(Scene.freshName());
        models = project.models();
    }

    @Test
    void aModelIsMadeByNameAlone() {
        Model made = models.create("digits");

        assertThat(models.model("digits")).isEqualTo(made);
        assertThat(made.numbering()).isEqualTo(VersionNumbering.COUNTED);
        assertThat(made.projectId()).isEqualTo(project.info().id());
        assertThat(made.createdBy()).isEqualTo(mlops().principal().name());
        assertThat(models.find("letters")).isEmpty();
        assertThatThrownBy(() -> models.model("letters"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("model 'letters' in project '" + project.name() + "'");
    }

    @Test
    void everythingThatIsSaidOfAModelIsKept() {
        ModelDocument document = new ModelDocument("paper", URI.create("https://example.org/paper.pdf"));
        Model made = models.create(ModelSpec.builder("digits")
                .description("reads digits: 0–9")
                .label("vision")
                .label("demo")
                .document(document)
                .numbering(VersionNumbering.DOTTED)
                .build());

        assertThat(models.model("digits")).isEqualTo(made);
        assertThat(made.description()).isEqualTo("reads digits: 0–9");
        assertThat(made.labels()).containsExactlyInAnyOrder("vision", "demo");
        assertThat(made.documents()).containsExactly(document);
        assertThat(made.numbering()).isEqualTo(VersionNumbering.DOTTED);
    }

    @Test
    void aNameIsTakenOnceInAProject() {
        models.create("digits");

        assertThatThrownBy(() -> models.create("digits"))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("digits");
        assertThat(mlops().projects().create(Scene.freshName()).models().create("digits"))
                .isNotNull();
    }

    @Test
    void badNamesAreRefused() {
        for (String name : List.of("", " ", "a b", "a/b", "a:b", "a@b", "ä", "a".repeat(65), "..", "a\n")) {
            assertThatThrownBy(() -> models.create(name))
                    .as("create '%s'", name)
                    .isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> models.importVersion(name, ImportSource.directory(directory)))
                    .as("import '%s'", name)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("model name");
        }
    }

    @Test
    void aKeyMakesOneModel() {
        ModelSpec spec = ModelSpec.builder("digits")
                .idempotencyKey(IdempotencyKey.of("once"))
                .build();

        assertThat(models.create(spec)).isEqualTo(models.create(spec));
        ModelSpec other = ModelSpec.builder("letters")
                .idempotencyKey(IdempotencyKey.of("once"))
                .build();
        assertThatThrownBy(() -> models.create(other))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("once");
    }

    @Test
    void anUpdateChangesWhatItSaysAndNothingElse() {
        ModelDocument document = new ModelDocument("paper", URI.create("https://example.org/paper.pdf"));
        models.create(ModelSpec.builder("digits")
                .description("old")
                .label("demo")
                .document(document)
                .build());

        Model described = models.update("digits", ModelUpdate.description("new"));
        assertThat(described.description()).isEqualTo("new");
        assertThat(described.labels()).containsExactly("demo");
        assertThat(described.documents()).containsExactly(document);
        assertThat(models.update("digits", ModelUpdate.labels(Set.of("a", "b"))).labels())
                .containsExactlyInAnyOrder("a", "b");
        assertThat(models.update("digits", ModelUpdate.documents(List.of())).documents())
                .isEmpty();
        assertThat(models.model("digits").description()).isEqualTo("new");
        assertThat(models.model("digits").labels()).containsExactlyInAnyOrder("a", "b");
        assertThatThrownBy(() -> models.update("letters", ModelUpdate.description("")))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void modelsAreFoundByTextAndLabel() {
        models.create(ModelSpec.builder("digits").description("reads Numbers").build());
        models.create(ModelSpec.builder("letters").label("vision").build());
        models.create(ModelSpec.builder("Numbers_2").label("vision").label("x").build());

        assertThat(models.list()).extracting(Model::name).containsExactlyInAnyOrder("digits", "letters", "Numbers_2");
        assertThat(models.list(ModelQuery.text("numbers")))
                .extracting(Model::name)
                .containsExactlyInAnyOrder("Numbers_2", "digits");
        assertThat(models.list(ModelQuery.text("s_2"))).extracting(Model::name).containsExactly("Numbers_2");
        assertThat(models.list(ModelQuery.text("%"))).isEmpty();
        assertThat(models.list(ModelQuery.label("vision")))
                .extracting(Model::name)
                .containsExactlyInAnyOrder("Numbers_2", "letters");
        assertThat(models.list(ModelQuery.label("visio"))).isEmpty();
    }

    @Test
    void modelsAreOrderedByNameAgeOrChange() throws InterruptedException {
        for (String name : List.of("b", "a", "c")) {
            models.create(name);
            Thread.sleep(3);
        }
        models.update("a", ModelUpdate.description("changed"));

        assertThat(names(ModelQuery.Order.NAME)).containsExactly("a", "b", "c");
        assertThat(names(ModelQuery.Order.NEWEST)).containsExactly("c", "a", "b");
        assertThat(names(ModelQuery.Order.UPDATED)).containsExactly("a", "c", "b");
    }

    private List<String> names(ModelQuery.Order order) {
        return models.list(new ModelQuery(null, null, order)).stream()
                .map(Model::name)
                .toList();
    }

    @Test
    void pagesNeitherSkipNorRepeatWhileModelsAreMade() {
        for (int i = 10; i < 35; i++) {
            models.create("m" + i);
        }
        List<String> seen = new ArrayList<>();
        PageRequest request = PageRequest.first(4);
        for (int made = 0; ; made++) {
            Page<Model> page = models.list().page(request);
            page.items().forEach(model -> seen.add(model.name()));
            if (page.nextToken().isEmpty()) {
                break;
            }
            models.create("a" + made); // before the place where the reader is
            request = new PageRequest(4, page.nextToken().get());
        }
        assertThat(seen).doesNotHaveDuplicates().isSorted().hasSize(25);
        assertThatThrownBy(() -> models.list().page(new PageRequest(4, "no token")))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aDestroyedModelIsGoneWithItsVersionsAndAliases() throws IOException {
        ModelVersion version = importText("digits", "one");
        models.setAlias(version, "champion");

        models.destroy("digits");

        assertThat(models.find("digits")).isEmpty();
        assertThatThrownBy(() -> models.open(version, "model.txt")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> models.destroy("digits")).isInstanceOf(NotFoundException.class);
        assertThat(importText("digits", "two").version()).isEqualTo("1");
        assertThat(models.aliases("digits")).isEmpty();
    }

    @Test
    void aModelInAnApplicationIsNotDestroyed() throws IOException {
        ModelVersion version = importText("digits", "one");
        models.setAlias(version, "champion");
        project.applications().createVersion("reader", List.of(version), List.of(), "");

        assertThatThrownBy(() -> models.destroy("digits"))
                .isInstanceOfSatisfying(
                        ResourceInUseException.class,
                        e -> assertThat(e.users()).singleElement().asString().contains("reader"));
        assertThat(models.version("digits@champion")).isEqualTo(version);
    }

    @Test
    void aReferenceThatLeadsNowhereSaysWhichPartIsMissing() throws IOException {
        models.create("empty");
        importText("digits", "one");

        assertMissing("letters:1", "model 'letters'");
        assertMissing("digits:7", "version '7'");
        assertMissing("digits@champion", "alias 'champion'");
        assertMissing("empty@latest", "no versions");
        assertMissing("nowhere/digits:1", "project 'nowhere'");
        assertThatThrownBy(() -> models.version("digits")).isInstanceOf(InvalidInputException.class);
    }

    private void assertMissing(String ref, String what) {
        assertThatThrownBy(() -> models.version(ref))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(what);
    }

    @Test
    void aReferenceReachesIntoAnotherProject() throws IOException {
        ModelVersion version = importText("digits", "one");
        Project other = mlops().projects().create(Scene.freshName());

        assertThat(version.reference()).isEqualTo(project.name() + "/digits:1");
        assertThat(other.models().version(version.reference())).isEqualTo(version);
        assertThat(other.models().version(project.name() + "/digits@latest")).isEqualTo(version);
        assertThat(other.models().download(version, directory.resolve("out"))).hasContent("one");
        assertThatThrownBy(() -> other.models().setAlias(version, "champion"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(other.name());
        assertThatThrownBy(() -> other.models().deleteVersion(version)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aFileIsReadByItsPath() throws IOException {
        ModelVersion version = importText("digits", "one");

        try (InputStream in = models.open(version, "model.txt")) {
            assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("one");
        }
        assertThatThrownBy(() -> models.open(version, "other.txt"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("other.txt")
                .hasMessageContaining("model.txt");
    }

    @Test
    void aDownloadLeavesRightFilesAloneAndReplacesOthers() throws IOException {
        Path source = directory.resolve("source");
        Path folder = Files.createDirectories(source.resolve("sub"));
        Files.writeString(folder.resolve("a.txt"), "alpha");
        Files.writeString(folder.resolve("b.txt"), "beta");
        ModelVersion version = models.importVersion("digits", ImportSource.directory(source));
        Path target = directory.resolve("target");

        assertThat(models.download(version, target)).isEqualTo(target.resolve("sub/a.txt"));
        FileTime old = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(target.resolve("sub/a.txt"), old);
        Files.writeString(target.resolve("sub/b.txt"), "BETA");
        Files.writeString(target.resolve("mine.txt"), "mine");
        models.download(version, target);

        assertThat(Files.getLastModifiedTime(target.resolve("sub/a.txt"))).isEqualTo(old);
        assertThat(target.resolve("sub/b.txt")).hasContent("beta");
        assertThat(target.resolve("mine.txt")).hasContent("mine");
    }

    @Test
    void aDownloadTellsItsProgressAndCanBeCancelled() throws IOException {
        Path source = Files.createDirectories(directory.resolve("source"));
        Files.writeString(source.resolve("a.txt"), "alpha");
        Files.writeString(source.resolve("b.txt"), "beta");
        ModelVersion version = models.importVersion("digits", ImportSource.directory(source));
        List<Progress> told = new ArrayList<>();
        Cancellation cancelled = new Cancellation();
        cancelled.cancel();
        Path nothing = directory.resolve("nothing");

        models.download(version, directory.resolve("target"), told::add, new Cancellation());

        assertThat(told.get(told.size() - 1).elapsed(Duration.ZERO)).isEqualTo(new Progress(2, 2, 9, 9, 9));
        assertThatThrownBy(() -> models.download(version, nothing, ProgressListener.NONE, cancelled))
                .isInstanceOf(CancelledException.class)
                .hasMessageContaining(version.reference());
        assertThat(nothing).isEmptyDirectory();
    }

    @Test
    void aChangedCopyOfAVersionLeadsToNoOtherBytes() throws IOException {
        ModelVersion version = importText("digits", "one");
        ModelVersion secret = importText("secret", "secret");
        ModelVersion forged = withFilesOf(version, secret);

        assertThat(models.download(forged, directory.resolve("out"))).hasContent("one");
        try (InputStream in = models.open(forged, "model.txt")) {
            assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("one");
        }
    }

    private static ModelVersion withFilesOf(ModelVersion version, ModelVersion other) {
        return new ModelVersion(
                version.id(),
                version.projectId(),
                version.modelId(),
                version.reference(),
                version.version(),
                version.ordinal(),
                version.title(),
                version.comment(),
                version.status(),
                version.statusReason(),
                version.signature(),
                version.source(),
                other.files(),
                other.digest(),
                version.runId(),
                version.datasetVersionIds(),
                version.createdBy(),
                version.createdAt());
    }

    @Test
    void aVersionIsDeletedOnlyWhenNothingRefersToIt() throws IOException {
        ModelVersion one = importText("digits", "one");
        ModelVersion two = importText("digits", "two");
        models.setAlias(one, "champion");
        project.applications().createVersion("reader", List.of(one), List.of(), "");

        assertThatThrownBy(() -> models.deleteVersion(one))
                .isInstanceOfSatisfying(
                        ResourceInUseException.class,
                        e -> assertThat(e.users())
                                .hasSize(2)
                                .anyMatch(user -> user.contains("champion"))
                                .anyMatch(user -> user.contains("reader")));
        models.deleteVersion(two);

        assertThat(models.versions("digits")).containsExactly(one);
        assertThat(models.version("digits@latest")).isEqualTo(one);
        assertMissing("digits:2", "version '2'");
        assertThatThrownBy(() -> models.deleteVersion(two)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void bytesThatAnotherVersionSharesStayWhenOneIsDeleted() throws IOException {
        ModelVersion one = importText("digits", "same");
        ModelVersion two = importText("digits", "same");

        assertThat(one.digest()).isEqualTo(two.digest());
        models.deleteVersion(one);

        assertThat(models.download(two, directory.resolve("out"))).hasContent("same");
        assertThat(models.aliases("digits")).isEqualTo(Map.of());
    }

    private ModelVersion importText(String name, String text) throws IOException {
        Path file = directory.resolve("model.txt");
        Files.writeString(file, text);
        return models.importVersion(name, ImportSource.file(file));
    }
}
