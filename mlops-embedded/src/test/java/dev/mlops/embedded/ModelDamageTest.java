package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model bytes that something changed or removed on disk. */
class ModelDamageTest {
    @TempDir
    private Path directory;

    private Mlops mlops;
    private ModelRegistry models;
    private ModelVersion version;
    private Path stored;

    @BeforeEach
    void importModel() throws IOException {
        mlops = EmbeddedMlops.open(directory.resolve("home"));
        models = mlops.projects().openOrCreate("digits").models();
        Path file = Files.writeString(directory.resolve("weights.bin"), "0123456789");
        version = models.importVersion("digits", ImportSource.file(file));
        ModelFile kept = version.files().get(0);
        try (Stream<Path> files = Files.walk(directory.resolve("home"))) {
            stored = files.filter(path ->
                            path.getFileName().toString().contains(kept.sha256().hex()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @AfterEach
    void close() {
        mlops.close();
    }

    private void assertDamageIsFound() {
        Path target = directory.resolve("out");
        assertThatThrownBy(() -> models.download(version, target))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("weights.bin")
                .hasMessageContaining("digits/digits:1");
        assertThat(target.resolve("weights.bin")).doesNotExist();
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void changedBytesAreNotHandedOut() throws IOException {
        Files.delete(stored);
        Files.writeString(stored, "0123456780");

        assertDamageIsFound();
        try (InputStream in = models.open(version, "weights.bin")) {
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOf(IOException.class)
                    .hasCauseInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void missingAndTruncatedBytesAreNoticed() throws IOException {
        Files.delete(stored);
        assertDamageIsFound();

        Files.writeString(stored, "01234");
        assertDamageIsFound();
    }

    @Test
    void aGoodCopyThatIsThereNeedsNoStoredBytes() throws IOException {
        Path target = models.download(version, directory.resolve("out"));
        Files.delete(stored);

        assertThat(models.download(version, directory.resolve("out")))
                .isEqualTo(target)
                .hasContent("0123456789");
    }
}
