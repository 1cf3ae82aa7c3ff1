package dev.mlops.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.CollectReport;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.content.Storage.Usage;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.pack.IndexWriter;
import dev.mlops.core.pack.PackFooter;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectTest {
    private static final int MOST_ATTEMPTS = 200;
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path directory;

    private UpkeepFixture fixture;

    @BeforeEach
    void open() {
        fixture = new UpkeepFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static Map<String, byte[]> files(int seed) {
        return Map.of("shared", TestBodies.noise(3_000, 0), "own" + seed, TestBodies.noise(3_000, seed));
    }

    @Test
    void deletesWhatNoVersionNeeds() {
        DatasetVersion first = fixture.publish(files(1));
        DatasetVersion second = fixture.publish(files(2));
        Set<String> only = new HashSet<>(fixture.packsOf(second));
        only.removeAll(fixture.packsOf(first));
        fixture.delete(second);

        CollectReport report = fixture.collect();

        assertThat(report.deletedPacks()).isEqualTo(only.size());
        assertThat(report.deletedBytes()).isPositive();
        assertThat(report.condemnedPacks()).isZero();
        assertThat(fixture.keys("pack/"))
                .containsExactlyInAnyOrderElementsOf(
                        fixture.packsOf(first).stream().map(PackFooter::key).toList());
        fixture.verify(first);
        assertThat(fixture.collect()).isEqualTo(new CollectReport(0, 0, 0, 0, 0));
        fixture.verify(fixture.publish(files(2)));
    }

    @Test
    void aDryRunSaysTheSameAndChangesNothing() {
        fixture.publish(files(1));
        fixture.delete(fixture.publish(files(2)));
        List<String> before = fixture.keys("");
        Usage usage = fixture.storage().usage();

        CollectReport within =
                fixture.storage().collect(CollectOptions.grace(DAY).asDryRun());
        CollectReport foreseen =
                fixture.storage().collect(CollectOptions.grace(Duration.ZERO).asDryRun());
        assertThat(fixture.keys("")).isEqualTo(before);
        assertThat(fixture.storage().usage()).isEqualTo(usage);
        assertThat(within.condemnedPacks()).isPositive();
        assertThat(within.deletedPacks()).isZero();

        assertThat(fixture.storage().collect(CollectOptions.grace(DAY))).isEqualTo(within);
        assertThat(fixture.storage().collect(CollectOptions.grace(Duration.ZERO).asDryRun()))
                .isEqualTo(foreseen);
        assertThat(fixture.collect()).isEqualTo(foreseen);
    }

    @Test
    void whatIsCondemnedCanBeUsedAgainUntilItIsDead() {
        DatasetVersion version = fixture.publish(files(1));
        fixture.delete(version);
        CollectReport report = fixture.storage().collect(CollectOptions.grace(DAY));
        assertThat(report.condemnedPacks()).isPositive();
        assertThat(report.deletedPacks()).isZero();
        List<String> keys = fixture.keys("pack/");

        DatasetVersion again = fixture.publish(files(1));
        assertThat(fixture.keys("pack/")).as("nothing is stored anew").isEqualTo(keys);
        fixture.collect();
        fixture.verify(again);
    }

    @Test
    void anObjectThatIsGoneAlreadyIsNoFailure() throws IOException {
        DatasetVersion version = fixture.publish(files(1));
        fixture.delete(version);
        for (String key : fixture.keys("pack/")) {
            fixture.remove(key);
        }

        assertThat(fixture.collect().deletedPacks()).isPositive();
        assertThat(fixture.storage().usage().packs()).isZero();
    }

    @Test
    void deletesStrangersThatAreOlderThanTheGracePeriod() throws IOException {
        fixture.publish(files(1));
        List<String> before = fixture.keys("");
        List<String> strangers =
                List.of(PackFooter.key("cd".repeat(32)), "pack/readme", IndexWriter.key("ef".repeat(32)), "index/ab/x");
        for (String stranger : strangers) {
            fixture.objects.putIfAbsent(stranger, ObjectBody.of(new byte[] {1}));
        }

        assertThat(fixture.storage().collect(CollectOptions.grace(DAY)).deletedOthers())
                .isZero();
        for (String stranger : strangers) {
            Files.setLastModifiedTime(
                    fixture.file(stranger), FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        }
        assertThat(fixture.storage()
                        .collect(CollectOptions.grace(DAY).asDryRun())
                        .deletedOthers())
                .isEqualTo(4);
        assertThat(fixture.storage().collect(CollectOptions.grace(DAY)).deletedOthers())
                .isEqualTo(4);
        assertThat(fixture.keys("")).isEqualTo(before);
    }

    @Test
    void deletesIndexesThatWereReplaced() {
        List<DatasetVersion> versions = IntStream.range(0, 100)
                .mapToObj(i -> fixture.publish(Map.of("f" + i, TestBodies.noise(100, i))))
                .toList();
        int before = fixture.keys("index/").size();

        CollectReport report = fixture.collect();
        assertThat(report.deletedOthers()).isPositive();
        assertThat(fixture.keys("index/")).hasSize(before - (int) report.deletedOthers());
        assertThat(fixture.storage().usage().indexes())
                .isEqualTo(fixture.keys("index/").size());
        assertThat(fixture.storage().scrub(ScrubOptions.quick()).damages()).isEmpty();
        versions.forEach(fixture::verify);
    }

    @Test
    void collectsAThousandVersions() {
        DatasetVersion kept = fixture.publish(files(1));
        List<String> packs =
                IntStream.range(0, 1_100).mapToObj(i -> "%064x".formatted(i)).toList();
        fixture.store.<Boolean>write(tx -> {
            packs.forEach(pack -> tx.content().registerPack("writer", pack, 10));
            for (int i = 0; i < 1_000; i++) {
                tx.content().usePacks(UpkeepFixture.owner("gone-" + i), packs.subList(i, i + 100));
            }
            tx.content().endSession("writer");
            return true;
        });

        assertThat(fixture.collect().deletedPacks()).isEqualTo(1_100);
        assertThat(fixture.storage().usage().packs())
                .isEqualTo(fixture.packsOf(kept).size());
        fixture.verify(kept);
    }

    @Test
    void whatOthersPublishAndDeleteMeanwhileStaysWhole() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        List<Future<List<DatasetVersion>>> writers = new ArrayList<>();
        try {
            for (int writer = 0; writer < 2; writer++) {
                Random random = new Random(writer);
                writers.add(pool.submit(() -> publishAndDelete(random)));
            }
            while (!writers.stream().allMatch(Future::isDone)) {
                fixture.collect();
            }
            fixture.collect();
            for (Future<List<DatasetVersion>> writer : writers) {
                writer.get(1, TimeUnit.SECONDS).forEach(fixture::verify);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(fixture.scrub().damages()).isEmpty();
        assertThat(fixture.scrub().strangers()).isEmpty();
    }

    private List<DatasetVersion> publishAndDelete(Random random) {
        List<DatasetVersion> versions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            if (versions.size() > 2 && random.nextBoolean()) {
                fixture.delete(versions.remove(random.nextInt(versions.size())));
            }
            versions.add(publishUntilItWorks(files(1 + random.nextInt(4))));
        }
        return versions;
    }

    /** A collection without grace may take what was reused; then it is put again. */
    private DatasetVersion publishUntilItWorks(Map<String, byte[]> files) {
        for (int attempt = 1; ; attempt++) {
            try {
                return fixture.publish(files);
            } catch (ConflictException e) {
                assertThat(e).hasMessageContaining("collected meanwhile");
                assertThat(attempt).as("attempts to publish").isLessThan(MOST_ATTEMPTS);
            }
        }
    }

    @Test
    void aCollectionThatIsKilledIsFinishedByTheNext() throws Exception {
        DatasetVersion kept = fixture.publish(files(1));
        for (int i = 2; i < 12; i++) {
            fixture.delete(fixture.publish(files(i)));
        }
        int before = fixture.keys("pack/").size();

        Path output = directory.resolve("output");
        Process process = CollectProcess.start(directory, output);
        try {
            CollectProcess.awaitLine(process, output);
        } finally {
            process.destroyForcibly().waitFor();
        }

        List<String> left = fixture.keys("pack/");
        assertThat(left)
                .hasSizeLessThan(before)
                .hasSizeGreaterThan(fixture.packsOf(kept).size());
        CollectReport report = fixture.storage().collect(CollectOptions.grace(DAY));
        assertThat(report.deletedPacks())
                .as("all that was dead")
                .isEqualTo(before - (long) fixture.packsOf(kept).size());
        assertThat(fixture.keys("pack/")).hasSameSizeAs(fixture.packsOf(kept));
        fixture.verify(kept);
        assertThat(fixture.scrub().damages()).isEmpty();
        fixture.publish(files(3));
    }

    @Test
    void aBlobThatTwoWritersStoredSurvivesTheCollectionOfEitherCopy() {
        for (int deleted = 0; deleted < 2; deleted++) {
            DatasetVersion[] versions = new DatasetVersion[2];
            Map<String, byte[]> files = Map.of("twice", TestBodies.noise(3_000, 70 + deleted));
            try (ContentWriter one = fixture.content.writer(new Cancellation());
                    ContentWriter two = fixture.content.writer(new Cancellation())) {
                UpkeepFixture.put(one, files);
                UpkeepFixture.put(two, files);
                versions[0] = fixture.commit(one, UpkeepFixture.write(one, files));
                versions[1] = fixture.commit(two, UpkeepFixture.write(two, files));
            }
            for (int i = 0; i < 8; i++) {
                fixture.publish(files(100 + 10 * deleted + i));
            }
            fixture.delete(versions[deleted]);
            fixture.collect();

            fixture.verify(versions[1 - deleted]);
        }
    }

    @Test
    void refusesAGracePeriodThatCannotBe() {
        for (Duration grace : List.of(Duration.ofMillis(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> fixture.storage().collect(CollectOptions.grace(grace)))
                    .withMessageContaining("grace period");
        }
    }
}
