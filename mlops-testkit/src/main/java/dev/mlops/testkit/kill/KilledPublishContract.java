package dev.mlops.testkit.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A publish by a process of its own that is killed for real, and the one after it. Say how to start a process that calls
 * {@link PublishWork#run} and how to open the store here.
 */
@Timeout(240)
public abstract class KilledPublishContract {
    private static final int PROCESSORS = 2;
    private static final long PACK = 32 << 20;
    /** A pack for each worker. */
    private static final long MOST_AGAIN = PROCESSORS * PACK;

    /**
     * The writer is killed when so much is there that it is told if all of it is sent again: more than {@link #MOST_AGAIN} even
     * without a pack of each worker, which a store may list while it is sent and drop with its writer.
     */
    private static final long SENT = 2 * MOST_AGAIN + PACK / 2;

    private static final int FILES = 2_600;
    private static final int FILE_SIZE = 100_000;

    @TempDir
    private Path directory;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected KilledPublishContract() {}

    /**
     * The command line of a process that opens the store and calls {@link PublishWork#run}.
     *
     * @param options for its JVM
     * @param args for its work
     */
    protected abstract List<String> command(List<String> options, List<String> args);

    /** Opens the store as its owner; closed by the suite. */
    protected abstract Mlops open();

    /** Opens its objects; closed by the suite. */
    protected abstract ObjectStore openObjects();

    @Test
    void thePublishAfterAKilledOneSendsAtMostOnePackPerWorkerAgain(TestReporter reporter) throws Exception {
        Path data = makeData();
        open().close();
        try (ObjectStore objects = openObjects()) {
            publishAndKill(data, objects);
            long sent = bytesOfPacks(objects);
            try (Mlops mlops = open()) {
                DatasetStore datasets =
                        mlops.projects().openOrCreate(PublishWork.PROJECT).datasets();
                assertThat(datasets.find(PublishWork.DATASET))
                        .as("nothing half is visible")
                        .isEmpty();

                DatasetVersion version = datasets.publish(PublishWork.DATASET, data, PublishOptions.defaults());

                datasets.verify(version, ProgressListener.NONE, new Cancellation());
                long all = bytesOfPacks(objects);
                reporter.publishEntry("bytes", "%d, %d sent before, %d now".formatted(version.bytes(), sent, all));
                assertThat(version.files()).isEqualTo(FILES);
                assertThat(sent).isGreaterThan(MOST_AGAIN);
                assertThat(all).isLessThan(version.bytes() + version.bytes() / 100 + MOST_AGAIN);
            }
        }
    }

    private void publishAndKill(Path data, ObjectStore objects) throws Exception {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        command(List.of("-XX:ActiveProcessorCount=" + PROCESSORS), List.of(data.toString())))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            while (bytesOfPacks(objects) < SENT) {
                assertThat(process.isAlive()).as(() -> text(output)).isTrue();
                Thread.sleep(5);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String text(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
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

    private static long bytesOfPacks(ObjectStore objects) {
        long bytes = 0;
        for (Iterator<ObjectInfo> packs = objects.list("pack/"); packs.hasNext(); ) {
            bytes += packs.next().size();
        }
        return bytes;
    }
}
