package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.testkit.dataset.StoredPacks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A publish by a process of its own that is killed for real. */
@Timeout(240)
class KilledPublishTest {
    private static final long PACK = 32 << 20;
    private static final int FILES = 2_400;
    private static final int FILE_SIZE = 100_000;

    @TempDir
    private Path directory;

    @Test
    void thePublishAfterAKilledOneSendsAtMostOnePackPerWorkerAgain() throws Exception {
        Path data = makeData();
        Path store = directory.resolve("store");
        EmbeddedMlops.open(store).close();
        Process process = PublishProcess.start(store, "p", "digits", data, directory.resolve("output"));
        try {
            while (bytesOfPacks(store) < 4 * PACK && process.isAlive()) {
                Thread.sleep(5);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(process.exitValue())
                .as("it was killed: " + Files.readString(directory.resolve("output")))
                .isNotZero();

        try (Mlops mlops = EmbeddedMlops.open(store)) {
            DatasetStore datasets = mlops.projects().openOrCreate("p").datasets();
            assertThat(datasets.find("digits")).as("nothing half is visible").isEmpty();
            DatasetVersion version = datasets.publish("digits", data, PublishOptions.defaults());
            datasets.verify(version, ProgressListener.NONE, new Cancellation());

            long workers = Runtime.getRuntime().availableProcessors();
            assertThat(version.files()).isEqualTo(FILES);
            assertThat(bytesOfPacks(store)).isLessThan(version.bytes() + version.bytes() / 100 + workers * PACK);
        }
    }

    private Path makeData() throws IOException {
        Random random = new Random(1);
        byte[] bytes = new byte[FILE_SIZE];
        for (int i = 0; i < FILES; i++) {
            Path file = directory.resolve("data/%02d/%05d.bin".formatted(i % 10, i));
            Files.createDirectories(file.resolveSibling(""));
            random.nextBytes(bytes);
            Files.write(file, bytes);
        }
        return directory.resolve("data");
    }

    private static long bytesOfPacks(Path store) throws IOException {
        long bytes = 0;
        for (Path pack : new StoredPacks(store).all()) {
            bytes += size(pack);
        }
        return bytes;
    }

    /** 0 if it is gone, as temporary files are soon. */
    private static long size(Path file) {
        return file.toFile().length();
    }
}
