package dev.mlops.testkit.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.Damage;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills processes at random moments of publishing, merging, deleting, collecting and checking out, two at a time that
 * share a store, and looks after each what is there: every acknowledged version whole, none half visible, and the next
 * processes go on. Say how to start a process that calls {@link DatasetWork#run} and how to open the store here.
 */
public abstract class KilledWorkContract {
    private static final int WORKERS = 2;
    private static final int MAX_MILLIS = 400;
    private static final int ALL_KILLS = 100;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Set<String> acknowledged = new HashSet<>();
    private final Set<String> verified = new HashSet<>();
    /** How often a process was killed in the middle of something. */
    private final Map<String, Integer> cuts = new TreeMap<>();

    @TempDir
    private Path folder;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected KilledWorkContract() {}

    /** The command line of a process that opens the store and calls {@link DatasetWork#run} with {@code args}. */
    protected abstract List<String> command(List<String> args);

    /** Opens the store as its owner; closed by the suite. */
    protected abstract Mlops open();

    /** How many processes are killed, an even number: 100, or what the system property {@code mlops.kills} says. */
    protected int kills() {
        return Integer.getInteger("mlops.kills", ALL_KILLS);
    }

    @Test
    void losesNothingAcknowledgedAndShowsNothingHalfWhenProcessesAreKilled(TestReporter reporter) throws Exception {
        long seed = Long.getLong("mlops.kill.seed", 20_261_120);
        reporter.publishEntry("seed", Long.toString(seed));
        Random random = new Random(seed);
        try (Mlops mlops = open()) {
            DatasetStore datasets =
                    mlops.projects().openOrCreate(DatasetWork.PROJECT).datasets();
            for (int round = 0; round < kills() / WORKERS; round++) {
                workAndKill(random, round);
                check(datasets, "seed %d, round %d".formatted(seed, round));
                checkOut(datasets);
            }
        }
        reporter.publishEntry("acknowledged and cut", acknowledged.size() + " " + cuts);
        // Every other round waits until each worker has got something done.
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(kills() / WORKERS / 2 * WORKERS);
        if (kills() >= ALL_KILLS) {
            assertThat(cuts.keySet()).as("what was cut, of %d kills", kills()).containsAll(DatasetWork.KINDS);
        }
        checkFromTheBeginning();
    }

    private void workAndKill(Random random, int round) throws Exception {
        List<Process> processes = new ArrayList<>();
        try {
            for (int worker = 0; worker < WORKERS; worker++) {
                processes.add(start(worker, random.nextLong(), output(round, worker)));
            }
            // Half of the processes are killed while they begin, the others once they have got something done.
            String sign = round % 2 == 0 ? DatasetWork.READY : DatasetWork.ACKNOWLEDGED;
            for (int worker = 0; worker < WORKERS; worker++) {
                await(sign, processes.get(worker), output(round, worker));
            }
            for (int worker = 0; worker < WORKERS; worker++) {
                Thread.sleep(random.nextInt(MAX_MILLIS));
                assertThat(processes.get(worker).isAlive())
                        .as(() -> text(output(round, 0)) + text(output(round, 1)))
                        .isTrue();
                processes.get(worker).destroyForcibly();
            }
        } finally {
            for (Process process : processes) {
                process.destroyForcibly().waitFor();
            }
        }
        for (int worker = 0; worker < WORKERS; worker++) {
            take(output(round, worker));
        }
    }

    private Path output(int round, int worker) {
        return folder.resolve("output-%d-%d".formatted(round, worker));
    }

    private Process start(int worker, long seed, Path output) throws IOException {
        return new ProcessBuilder(command(List.of(Integer.toString(worker), folder.toString(), Long.toString(seed))))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static void await(String sign, Process process, Path output) throws InterruptedException {
        long start = System.nanoTime();
        while (!text(output).contains(sign)) {
            assertThat(process.isAlive()).as(() -> text(output)).isTrue();
            assertThat(System.nanoTime() - start).as(() -> text(output)).isLessThan(PATIENCE_NANOS);
            Thread.sleep(5);
        }
    }

    private static String text(Path output) {
        try {
            return Files.readString(output).replace(System.lineSeparator(), "\n");
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** A line that was being written when its writer died says nothing. */
    private void take(Path output) {
        String text = text(output);
        assertThat(text).doesNotContain("Exception in thread");
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        if (last.startsWith(DatasetWork.BEGIN)) {
            cuts.merge(last.substring(DatasetWork.BEGIN.length()), 1, Integer::sum);
        }
        lines.stream()
                .filter(line -> line.startsWith(DatasetWork.ACKNOWLEDGED))
                .map(line -> line.substring(DatasetWork.ACKNOWLEDGED.length()))
                .forEach(acknowledged::add);
    }

    private void check(DatasetStore datasets, String when) {
        Set<String> listed = new HashSet<>();
        Map<String, Long> newest = new TreeMap<>();
        for (Dataset dataset : datasets.list().toList()) {
            for (DatasetVersion version : datasets.versions(dataset.name()).toList()) {
                listed.add(version.reference());
                newest.merge(prefixOf(version.reference()), version.ordinal(), Math::max);
                checkWhole(datasets, version, when);
            }
            if (dataset.currentVersionId() != null) {
                assertThat(datasets.version(dataset.name()).id()).isEqualTo(dataset.currentVersionId());
            }
        }
        for (String reference : acknowledged) {
            long last = newest.getOrDefault(prefixOf(reference), 0L);
            assertThat(last)
                    .as("%s: versions of the data set of %s", when, reference)
                    .isPositive();
            if (ordinalOf(reference) > last - DatasetWork.KEPT) {
                assertThat(listed).as(when).contains(reference);
            }
        }
    }

    /** Where a checkout may have been cut, the next one makes everything right. */
    private void checkOut(DatasetStore datasets) {
        for (int worker = 0; worker < WORKERS; worker++) {
            String name = DatasetWork.own(worker);
            if (datasets.find(name).map(Dataset::currentVersionId).isPresent()) {
                DatasetWork.checkOut(datasets, datasets.version(name), folder.resolve(name));
            }
        }
    }

    private static String prefixOf(String reference) {
        return reference.substring(0, reference.lastIndexOf(':'));
    }

    /** Versions are named by their ordinals. */
    private static long ordinalOf(String reference) {
        return Long.parseLong(reference.substring(reference.lastIndexOf(":V") + 2));
    }

    private void checkWhole(DatasetStore datasets, DatasetVersion version, String when) {
        List<FileEntry> files = datasets.files(version).toList();
        SeededFiles said = SeededFiles.of(version.message());
        String worker = version.metadata().get(DatasetWork.WORKER);
        if (worker == null) {
            Map<String, Sha256> found = new TreeMap<>();
            files.forEach(file -> found.put(file.path(), file.sha256()));
            assertThat(found).as("%s: %s", when, version).isEqualTo(said.digests());
        } else {
            // What the other worker changed meanwhile was merged, in whole.
            SeededFiles found = SeededFiles.found(files);
            SeededFiles mine =
                    worker.equals("0") ? new SeededFiles(found.a(), said.b()) : new SeededFiles(said.a(), found.b());
            assertThat(mine.digests()).as("%s: %s", when, version).isEqualTo(said.digests());
        }
        if (verified.add(version.id())) {
            datasets.verify(version, ProgressListener.NONE, new Cancellation());
        }
    }

    /** As a process does that knows nothing of what was before, after a last collection. */
    private void checkFromTheBeginning() {
        verified.clear();
        try (Mlops mlops = open()) {
            mlops.storage().collect(CollectOptions.grace(Duration.ZERO));
            DatasetStore datasets = mlops.projects().open(DatasetWork.PROJECT).datasets();
            check(datasets, "at the end");
            assertThat(mlops.storage().scrub(ScrubOptions.full()).damages())
                    .as("damage that hurts a file")
                    .filteredOn((Damage damage) -> !damage.hurt().isEmpty())
                    .isEmpty();
        }
    }
}
