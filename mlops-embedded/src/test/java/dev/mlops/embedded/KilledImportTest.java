package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelStatus;
import dev.mlops.api.model.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Imports by processes of their own, killed for real or at work side by side. */
@Timeout(240)
class KilledImportTest {
    private static final int KILLS = 12;
    private static final String PROJECT = "killed";
    private static final String MODEL = "digits";

    @TempDir
    private Path directory;

    private Path home;
    private Path temporary;
    private Mlops mlops;
    private ModelRegistry models;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        home = directory.resolve("home");
        temporary = Files.createDirectories(directory.resolve("tmp"));
        mlops = EmbeddedMlops.open(home);
        models = mlops.projects().openOrCreate(PROJECT).models();
    }

    @AfterEach
    void close() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        mlops.close();
    }

    private Path start(int versions) throws IOException {
        Path output = directory.resolve("output-" + processes.size());
        processes.add(ImportProcess.start(home, PROJECT, MODEL, versions, temporary, output));
        return output;
    }

    private Process lastStarted() {
        return processes.get(processes.size() - 1);
    }

    @Test
    void nothingAcknowledgedIsLostAndNothingHalfIsVisibleWhenImportersAreKilled() throws Exception {
        Random random = new Random(7);
        Map<String, String> acknowledged = new HashMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            Path output = start(1_000_000);
            awaitLines(output, 1 + random.nextInt(10));
            Thread.sleep(random.nextInt(60));
            lastStarted().destroyForcibly().waitFor();

            ImportProcess.acknowledged(output).forEach(line -> take(line, acknowledged));
            assertWhole(models.versions(MODEL).page(20).items());
        }
        List<ModelVersion> versions = models.versions(MODEL).toList();
        assertWhole(versions);
        assertGapless(versions);
        Map<String, String> visible = new HashMap<>();
        versions.forEach(
                version -> visible.put(version.version(), version.digest().hex()));
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(KILLS);
        assertThat(visible).containsAllEntriesOf(acknowledged);

        Path file = Files.writeString(directory.resolve("next.txt"), "goes on");
        ModelVersion next = models.importVersion(MODEL, ImportSource.file(file));
        assertThat(next.version()).isEqualTo(Integer.toString(versions.size() + 1));
    }

    private void awaitLines(Path output, int count) throws IOException, InterruptedException {
        while (ImportProcess.acknowledged(output).size() < count
                && lastStarted().isAlive()) {
            Thread.sleep(5);
        }
        assertThat(lastStarted().isAlive()).as(Files.readString(output)).isTrue();
    }

    private static void take(String line, Map<String, String> acknowledged) {
        int space = line.indexOf(' ');
        assertThat(acknowledged.put(line.substring(0, space), line.substring(space + 1)))
                .as("the version acknowledged before with the number of " + line)
                .isNull();
    }

    private void assertWhole(List<ModelVersion> versions) throws IOException {
        for (ModelVersion version : versions) {
            assertThat(version.status()).isEqualTo(ModelStatus.READY);
            assertThat(version.files()).hasSize(2);
            Path target = directory.resolve("download").resolve(version.version());
            models.download(version, target);
            for (ModelFile file : version.files()) {
                byte[] bytes = Files.readAllBytes(target.resolve(file.path()));
                assertThat(Sha256.of(bytes))
                        .as("%s of %s", file.path(), version)
                        .isEqualTo(file.sha256());
            }
        }
    }

    private static void assertGapless(List<ModelVersion> versions) {
        assertThat(versions)
                .extracting(version -> Integer.parseInt(version.version()))
                .containsExactlyElementsOf(IntStream.iterate(versions.size(), n -> n > 0, n -> n - 1)
                        .boxed()
                        .toList());
    }

    @Test
    void twoProcessesThatImportIntoOneModelGetGaplessNumbers() throws Exception {
        List<Path> outputs = List.of(start(15), start(15));
        for (Process process : processes) {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        }
        Map<String, String> acknowledged = new HashMap<>();
        for (Path output : outputs) {
            List<String> lines = ImportProcess.acknowledged(output);
            assertThat(lines).as(Files.readString(output)).hasSize(30);
            lines.forEach(line -> take(line, acknowledged));
        }
        List<ModelVersion> versions = models.versions(MODEL).toList();
        assertThat(versions).hasSize(60);
        assertGapless(versions);
        assertWhole(versions);
    }
}
