package dev.mlops.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.ImportOptions;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelStatus;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.model.Signature;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.project.Project;
import dev.mlops.api.run.Run;
import dev.mlops.testkit.device.ContractModel;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.object.MapObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link ModelRegistry} keeps of imports. Inherit it and say which store to use. */
public abstract class ModelImportContract {
    private static final byte[] LABELS = "0,1,2".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private Project project;
    private ModelRegistry models;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected ModelImportContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeProject() {
        project = mlops().projects().create(Scene.freshName());
        models = project.models();
    }

    @Test
    void aFileBecomesAVersionWithItsSignature() throws IOException {
        Path file = Files.write(directory.resolve("relu.onnx"), ContractModel.bytes());
        ModelVersion version = models.importVersion(
                "digits",
                ImportSource.file(file),
                ImportOptions.builder().title("first").comment("by hand").build());

        assertThat(version.version()).isEqualTo("1");
        assertThat(version.ordinal()).isEqualTo(1);
        assertThat(version.title()).isEqualTo("first");
        assertThat(version.comment()).isEqualTo("by hand");
        assertThat(version.status()).isEqualTo(ModelStatus.READY);
        assertThat(version.source()).contains("relu.onnx");
        assertThat(version.files())
                .containsExactly(
                        new ModelFile("relu.onnx", ContractModel.bytes().length, Sha256.of(ContractModel.bytes())));
        assertThat(version.runId()).isNull();
        assertThat(version.datasetVersionIds()).isEmpty();
        assertThat(version.createdBy()).isEqualTo(mlops().principal().name());
        Signature signature = version.signature();
        assertThat(signature).isNotNull().hasToString("(x: FLOAT[batch,4]) → (y: FLOAT[batch,4])");
        assertThat(models.version("digits:1")).isEqualTo(version);
        assertThat(models.download(version, directory.resolve("out"))).hasBinaryContent(ContractModel.bytes());
    }

    @Test
    void equalFilesGiveEqualDigestsWhereverTheyComeFrom() throws IOException {
        Path folder = Files.createDirectories(directory.resolve("package"));
        Files.write(folder.resolve("model.onnx"), ContractModel.bytes());
        Files.createDirectories(folder.resolve("docs"));
        Files.write(folder.resolve("docs/labels.csv"), LABELS);
        Path zip = Zips.write(directory.resolve("package.zip"), twoFiles());
        MapObjectStore store = new MapObjectStore()
                .with("models/digits/model.onnx", ContractModel.bytes())
                .with("models/digits/docs/labels.csv", LABELS)
                .with("models/digits2/other.txt", LABELS);
        Run run = project.runs().track("training", active -> active.artifact("out", folder));

        List<ModelVersion> versions = List.of(
                models.importVersion("digits", ImportSource.directory(folder)),
                models.importVersion("digits", ImportSource.zip(zip)),
                models.importVersion("digits", ImportSource.objects(store, "models/digits")),
                models.importVersion("digits", ImportSource.objects(store, "models/digits/")),
                models.importVersion("digits", ImportSource.runArtifact(run.id(), "out")));

        assertThat(versions)
                .extracting(ModelVersion::digest)
                .containsOnly(versions.get(0).digest());
        assertThat(versions)
                .allSatisfy(version -> assertThat(version.files())
                        .extracting(ModelFile::path)
                        .containsExactly("docs/labels.csv", "model.onnx"));
        assertThat(versions).extracting(ModelVersion::signature).doesNotContainNull();
        assertThat(models.download(versions.get(1), directory.resolve("out")))
                .isEqualTo(directory.resolve("out/model.onnx"))
                .hasBinaryContent(ContractModel.bytes());
        assertThat(directory.resolve("out/docs/labels.csv")).hasBinaryContent(LABELS);
    }

    private static Map<String, byte[]> twoFiles() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("model.onnx", ContractModel.bytes());
        files.put("docs/labels.csv", LABELS);
        return files;
    }

    @Test
    void anotherPathOrOtherBytesGiveAnotherDigest() throws IOException {
        Path a = Files.write(directory.resolve("a.txt"), LABELS);
        Path b = Files.write(directory.resolve("b.txt"), LABELS);
        Path c = Files.write(Files.createDirectories(directory.resolve("sub")).resolve("a.txt"), new byte[] {1});

        assertThat(List.of(a, b, c))
                .extracting(file ->
                        models.importVersion("digits", ImportSource.file(file)).digest())
                .doesNotHaveDuplicates();
    }

    @Test
    void oneObjectIsImportedByItsKey() {
        MapObjectStore store = new MapObjectStore().with("a/model.onnx", ContractModel.bytes());

        ModelVersion version = models.importVersion("digits", ImportSource.objects(store, "a/model.onnx"));

        assertThat(version.files()).extracting(ModelFile::path).containsExactly("model.onnx");
        assertThat(version.source()).contains("a/model.onnx").contains(store.describe());
        assertRefused(ImportSource.objects(store, "b"), "names no object");
        assertRefused(ImportSource.objects(store, "a/mod"), "names no object");
    }

    @Test
    void aRunAndItsDataBecomeTheOriginOfItsModel() {
        DatasetVersion data = Scene.publish(project, "data", "1,2,3");
        DatasetVersion more = Scene.publish(project, "more", "4,5,6");
        Run run = Scene.train(project, "training", data);

        ModelVersion version = models.importVersion(
                "digits",
                ImportSource.runArtifact(run.id(), Scene.MODEL_FILE),
                ImportOptions.builder().madeFrom(more).madeFrom(data).build());

        assertThat(version.runId()).isEqualTo(run.id());
        assertThat(version.datasetVersionIds()).containsExactlyInAnyOrder(data.id(), more.id());
        assertThat(version.source()).isEqualTo("artifact model.onnx of run:" + run.id());
        assertThat(project.runs().data(run.id()).modelVersions()).containsExactly(version.reference());
    }

    @Test
    void aRunThatIsSaidBecomesTheOriginOfAFile() throws IOException {
        Run run = Scene.train(project, "training", Scene.publish(project, "data", "1"));
        Path file = Files.write(directory.resolve("m.onnx"), ContractModel.bytes());

        ModelVersion version = models.importVersion(
                "digits",
                ImportSource.file(file),
                ImportOptions.builder().run(run.id()).build());

        assertThat(version.runId()).isEqualTo(run.id());
        assertThat(version.datasetVersionIds()).hasSize(1);
        ImportOptions nobody = ImportOptions.builder().run("nobody").build();
        assertThatThrownBy(() -> models.importVersion("digits", ImportSource.file(file), nobody))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("nobody");
        Run other = Scene.train(project, "training");
        assertThatThrownBy(() -> models.importVersion(
                        "digits",
                        ImportSource.runArtifact(other.id(), Scene.MODEL_FILE),
                        ImportOptions.builder().run(run.id()).build()))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void whatARunDoesNotHaveIsNotImported() {
        Run run = Scene.train(project, "training");

        assertRefused(ImportSource.runArtifact(run.id(), "other.onnx"), "other.onnx");
        assertRefused(ImportSource.runArtifact(run.id(), "model"), "model");
        assertThatThrownBy(() -> models.importVersion("digits", ImportSource.runArtifact("nobody", "model.onnx")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("run:nobody");
        project.runs().delete(run.id());
        assertThatThrownBy(() -> models.importVersion("digits", ImportSource.runArtifact(run.id(), "model.onnx")))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("deleted");
    }

    @Test
    void whatIsNoModelFileIsRefusedAndLeavesNothing() throws IOException {
        byte[] model = ContractModel.bytes();
        Map<String, byte[]> broken = new LinkedHashMap<>();
        broken.put("empty.onnx", new byte[0]);
        broken.put("truncated.onnx", Arrays.copyOf(model, model.length - 7));
        broken.put("text.onnx", "this is no model".getBytes(StandardCharsets.UTF_8));
        broken.put("zeros.onnx", new byte[1000]);
        broken.put("empty.bin", new byte[0]);
        for (Map.Entry<String, byte[]> one : broken.entrySet()) {
            Path file = Files.write(directory.resolve(one.getKey()), one.getValue());
            assertRefused(ImportSource.file(file), one.getKey());
            Files.delete(file);
        }
        Files.write(directory.resolve("good.onnx"), model);
        Files.write(directory.resolve("bad.onnx"), LABELS);
        assertRefused(ImportSource.directory(directory), "bad.onnx");
        Run run = project.runs().track("training", active -> {
            active.artifact("bad.onnx", new ByteArrayInputStream(LABELS));
        });
        assertRefused(ImportSource.runArtifact(run.id(), "bad.onnx"), "bad.onnx");
    }

    @Test
    void sourcesThatAreNotThereAreRefused() throws IOException {
        Path empty = directory.resolve("empty");
        Files.createDirectories(empty.resolve("sub"));

        assertRefused(ImportSource.file(directory.resolve("none.onnx")), "none.onnx");
        assertRefused(ImportSource.file(empty), "empty");
        assertRefused(ImportSource.directory(directory.resolve("none")), "none");
        assertRefused(ImportSource.directory(empty), "empty");
        assertRefused(ImportSource.zip(directory.resolve("none.zip")), "none.zip");
        assertRefused(ImportSource.objects(new MapObjectStore(), ""), "objects in memory");
    }

    @Test
    void linksInADirectoryAreNotFollowed() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret.txt"), "secret");
        Path folder = Files.createDirectories(directory.resolve("package"));
        Files.write(folder.resolve("model.onnx"), ContractModel.bytes());
        Files.createSymbolicLink(folder.resolve("link.txt"), secret);

        assertRefused(ImportSource.directory(folder), "link.txt");
    }

    @Test
    void namesThatDifferOnlyInCaseAreRefused() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>(Map.of("Model.bin", LABELS));
        files.put("model.bin", LABELS);

        assertRefused(ImportSource.zip(Zips.write(directory.resolve("case.zip"), files)), "only in case");
        MapObjectStore store = new MapObjectStore().with("a/Model.bin", LABELS).with("a/model.bin", LABELS);
        assertRefused(ImportSource.objects(store, "a"), "only in case");
    }

    @Test
    void hostileZipsAreRefusedByTheNameOfTheEntry() throws IOException {
        for (String name :
                List.of("../evil.txt", "a/../../evil.txt", "/evil.txt", "C:/evil.txt", "a\\evil.txt", "a//b")) {
            Path zip = Zips.write(directory.resolve("hostile.zip"), Map.of(name, LABELS));
            assertRefused(ImportSource.zip(zip), "zip entry '");
        }
        Path bomb = Zips.write(directory.resolve("bomb.zip"), Map.of("bomb.bin", new byte[8 << 20]));
        assertRefused(ImportSource.zip(bomb), "zip entry 'bomb.bin'");
        assertThat(directory.resolve("../evil.txt")).doesNotExist();
    }

    @Test
    void brokenZipsAreRefused() throws IOException {
        Path good = Zips.write(directory.resolve("good.zip"), twoFiles());

        assertRefused(ImportSource.zip(Zips.truncated(good, directory.resolve("cut.zip"), 30)), "cut.zip");
        assertRefused(ImportSource.zip(Files.write(directory.resolve("text.zip"), LABELS)), "text.zip");
        assertRefused(ImportSource.zip(Files.write(directory.resolve("nothing.zip"), new byte[0])), "nothing.zip");
        assertRefused(ImportSource.zip(Zips.write(directory.resolve("empty.zip"), Map.of())), "empty.zip");
        byte[] damaged = Files.readAllBytes(good);
        damaged[60] ^= 0x55; // inside the bytes of the first entry
        assertRefused(ImportSource.zip(Files.write(directory.resolve("damaged.zip"), damaged)), "model.onnx");
    }

    @Test
    void aCancelledImportLeavesNothing() throws IOException {
        Path file = Files.write(directory.resolve("m.onnx"), ContractModel.bytes());
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        assertThatThrownBy(() -> models.importVersion(
                        "digits",
                        ImportSource.file(file),
                        ImportOptions.builder().cancellation(cancellation).build()))
                .isInstanceOf(CancelledException.class);
        assertThat(models.find("digits")).isEmpty();
        Cancellation late = new Cancellation();
        assertThatThrownBy(() -> models.importVersion(
                        "digits",
                        ImportSource.file(file),
                        ImportOptions.builder()
                                .cancellation(late)
                                .progress(progress -> late.cancel())
                                .build()))
                .isInstanceOf(CancelledException.class);
        assertThat(models.find("digits")).isEmpty();
    }

    @Test
    void progressIsToldToTheEnd() throws IOException {
        Path file = Files.write(directory.resolve("m.onnx"), ContractModel.bytes());
        List<Progress> told = new ArrayList<>();

        models.importVersion(
                "digits",
                ImportSource.file(file),
                ImportOptions.builder().progress(told::add).build());

        Progress last = told.get(told.size() - 1);
        assertThat(last.doneItems()).isEqualTo(1);
        assertThat(last.doneBytes()).isEqualTo(ContractModel.bytes().length);
    }

    @Test
    void aKeyImportsOnce() throws IOException {
        Path file = Files.write(directory.resolve("m.onnx"), ContractModel.bytes());
        ImportOptions options = ImportOptions.builder()
                .idempotencyKey(IdempotencyKey.of("once"))
                .build();
        ModelVersion version = models.importVersion("digits", ImportSource.file(file), options);
        models.importVersion("digits", ImportSource.file(file));
        Files.delete(file); // the second call needs it no more

        assertThat(models.importVersion("digits", ImportSource.file(file), options))
                .isEqualTo(version);
        assertThat(models.versions("digits")).hasSize(2);
        assertThatThrownBy(() -> models.importVersion("letters", ImportSource.file(file), options))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("once");
    }

    private void assertRefused(ImportSource source, String message) {
        assertThatThrownBy(() -> models.importVersion("refused", source))
                .as("%s", source)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
        assertThat(models.find("refused")).as("%s", source).isEmpty();
    }
}
