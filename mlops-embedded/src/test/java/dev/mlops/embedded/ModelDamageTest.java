package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.testkit.dataset.StoredPacks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private StoredPacks packs;

    @BeforeEach
    void importModel() throws IOException {
        mlops = EmbeddedMlops.open(directory.resolve("home"));
        models = mlops.projects().openOrCreate("digits").models();
        Path file = Files.writeString(directory.resolve("weights.bin"), "0123456789");
        version = models.importVersion("digits", ImportSource.file(file));
        packs = new StoredPacks(directory.resolve("home"));
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
        packs.flip("0123456789");

        assertDamageIsFound();
        try (InputStream in = models.open(version, "weights.bin")) {
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOf(IOException.class)
                    .hasCauseInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void missingAndTruncatedBytesAreNoticed() throws IOException {
        Path pack = packs.holding("0123456789");
        Files.delete(pack);
        assertDamageIsFound();

        Files.writeString(pack, "01234");
        assertDamageIsFound();
    }

    @Test
    void aGoodCopyThatIsThereNeedsNoStoredBytes() throws IOException {
        Path target = models.download(version, directory.resolve("out"));
        Files.delete(packs.holding("0123456789"));

        assertThat(models.download(version, directory.resolve("out")))
                .isEqualTo(target)
                .hasContent("0123456789");
    }
}
