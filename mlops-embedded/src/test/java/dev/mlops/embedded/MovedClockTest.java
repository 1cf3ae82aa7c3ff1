package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.CollectReport;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.RetentionPolicy;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.MlopsSdk;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.jdbc.SqliteMetadataStore;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clocks that are wrong, or are put right while something runs: of the process, and of the metadata store. */
class MovedClockTest {
    private static final String DATA = "data";

    @TempDir
    private Path home;

    private final MovedClock clock = new MovedClock();
    private SqliteMetadataStore metadata;
    private FileObjectStore objects;
    private Mlops mlops;
    private DatasetStore datasets;

    private static final class MovedClock extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-06-01T12:00:00Z"));

        void move(Duration duration) {
            now.updateAndGet(instant -> instant.plus(duration));
        }

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @BeforeEach
    void open() {
        metadata = SqliteMetadataStore.open(home.resolve("mlops.db"));
        objects = FileObjectStore.open(home.resolve("objects"));
        mlops = MlopsSdk.builder()
                .metadata(metadata)
                .objects(objects)
                .cache(home.resolve("cache"))
                .clock(clock)
                .parallelism(1)
                .closeAlso(metadata)
                .closeAlso(objects)
                .build();
        datasets = mlops.projects().create("clock").datasets();
    }

    @AfterEach
    void close() {
        mlops.close();
    }

    private DatasetVersion publish(int number) {
        return publish(number, PublishOptions.defaults());
    }

    private DatasetVersion publish(int number, PublishOptions options) {
        return datasets.publish(
                DATA,
                List.of(
                                FileSource.of("number", new byte[] {(byte) number}),
                                FileSource.of("noise", TestBodies.noise(50_000, number)))
                        .iterator(),
                options);
    }

    private void verifyAll() {
        datasets.versions(DATA).forEach(version -> datasets.verify(version, ProgressListener.NONE, new Cancellation()));
    }

    @Test
    void theOrderOfVersionsIsNotThatOfTheClock() {
        Random random = new Random(1);
        DatasetVersion before = publish(0);
        for (int n = 1; n <= 20; n++) {
            clock.move(Duration.ofHours(random.nextInt(200_000) - 100_000));
            DatasetVersion version = publish(n);
            assertThat(version.ordinal()).isEqualTo(n + 1);
            assertThat(version.parentId()).isEqualTo(before.id());
            assertThat(datasets.version(DATA)).isEqualTo(version);
            before = version;
        }
        assertThat(datasets.versions(DATA).map(DatasetVersion::ordinal).toList())
                .isSortedAccordingTo((a, b) -> Long.compare(b, a))
                .hasSize(21);
        mlops.storage().collect(CollectOptions.grace(Duration.ZERO));
        verifyAll();
    }

    @Test
    void aBranchThatIsYoungerThanItsTrunkIsMerged() {
        DatasetVersion base = publish(1);
        datasets.branches(DATA).create("side", base);
        clock.move(Duration.ofDays(-4_000));
        datasets.publish(
                DATA,
                List.of(
                                FileSource.of("number", new byte[] {1}),
                                FileSource.of("noise", TestBodies.noise(50_000, 1)),
                                FileSource.of("side", new byte[] {9}))
                        .iterator(),
                PublishOptions.builder().branch("side").build());
        clock.move(Duration.ofDays(8_000));
        publish(2);
        clock.move(Duration.ofDays(-2_000));

        DatasetVersion merged = datasets.branches(DATA).merge("side", Branch.MAIN, MergeOptions.DEFAULTS);
        assertThat(merged.files()).isEqualTo(3);
        assertThat(datasets.version(DATA)).isEqualTo(merged);
    }

    @Test
    void versionsOfTheFutureAreYoung() {
        publish(1);
        clock.move(Duration.ofDays(10_000));
        publish(2);
        clock.move(Duration.ofDays(-9_000));
        publish(3);

        assertThat(datasets.prune(DATA, RetentionPolicy.keepLast(1).keepYoungerThan(Duration.ofDays(7))))
                .extracting(DatasetVersion::name)
                .containsExactly("V001");
    }

    @Test
    void theGracePeriodIsMeasuredByTheMetadataStoreAlone() {
        DatasetVersion old = publish(1);
        publish(2);
        datasets.deleteVersion(old);
        mlops.storage().collect(CollectOptions.DEFAULTS);
        clock.move(Duration.ofDays(100_000));
        assertThat(mlops.storage().collect(CollectOptions.DEFAULTS).deletedPacks())
                .isZero();
        clock.move(Duration.ofDays(-200_000));
        assertThat(mlops.storage().collect(CollectOptions.DEFAULTS).deletedPacks())
                .isZero();
        verifyAll();
    }

    @Test
    void whatWasCondemnedInTheFutureIsDeletedOnceThatIsPast() throws SQLException {
        DatasetVersion old = publish(1);
        publish(2);
        datasets.deleteVersion(old);
        assertThat(mlops.storage().collect(CollectOptions.DEFAULTS).condemnedPacks())
                .isPositive();
        shift("content_pack", "condemned_at", Duration.ofDays(30));
        assertThat(mlops.storage().collect(CollectOptions.DEFAULTS).deletedPacks())
                .as("the clock of the database was put back by a month")
                .isZero();
        shift("content_pack", "condemned_at", Duration.ofDays(-60));

        CollectReport report = mlops.storage().collect(CollectOptions.DEFAULTS);
        assertThat(report.deletedPacks()).as("and then put forward again").isPositive();
        verifyAll();
    }

    /** A publish takes so long by the database's clock that its writer counts as dead, and a collection comes. */
    @Test
    void aPublishWhosePacksWereCollectedUnderItIsRefusedOrWhole() {
        byte[] first = TestBodies.noise(3_000_000, 1);
        ObjectBody late = new ObjectBody() {
            @Override
            public long length() {
                return 40_000_000;
            }

            @Override
            public InputStream open() {
                try {
                    awaitPack();
                    shift("content_session", "seen_at", Duration.ofDays(-2));
                } catch (SQLException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                mlops.storage().collect(CollectOptions.grace(Duration.ZERO));
                return new ByteArrayInputStream(TestBodies.noise(40_000_000, 2));
            }
        };
        List<FileSource> files = List.of(
                FileSource.of("a", first),
                FileSource.of("b", TestBodies.noise(40_000_000, 3)),
                new FileSource("z", late));

        assertThatExceptionOfType(ConflictException.class)
                .isThrownBy(() -> datasets.publish(DATA, files.iterator(), PublishOptions.defaults()))
                .withMessageContaining("collected");
        assertThat(datasets.find(DATA)).isEmpty();

        publish(1);
        verifyAll();
        assertThat(mlops.storage().scrub(ScrubOptions.full()).damages()).isEmpty();
    }

    /** Packs are sent beside the work. */
    private void awaitPack() throws InterruptedException {
        for (int i = 0; i < 3_000 && !objects.list("pack/").hasNext(); i++) {
            Thread.sleep(10);
        }
        assertThat(objects.list("pack/").hasNext()).as("a pack was sent").isTrue();
    }

    /** A collection without grace comes while packs that one with grace has condemned are about to be used again. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void aPublishThatReusesCondemnedPacksIsRefusedOrWholeWhenTheyAreCollectedUnderIt(int position) {
        List<FileSource> files = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            files.add(FileSource.of("file-" + i, TestBodies.noise(400_000 + i * 500_000, 50 + i)));
        }
        DatasetVersion old = datasets.publish(DATA, files.iterator(), PublishOptions.defaults());
        publish(1);
        datasets.deleteVersion(old);
        CollectReport condemning = mlops.storage().collect(CollectOptions.DEFAULTS);
        assertThat(condemning.condemnedPacks()).isPositive();
        assertThat(condemning.deletedPacks()).isZero();
        files.add(position, new FileSource("collecting", new ObjectBody() {
            @Override
            public long length() {
                return 1;
            }

            @Override
            public InputStream open() {
                mlops.storage().collect(CollectOptions.grace(Duration.ZERO));
                return new ByteArrayInputStream(new byte[1]);
            }
        }));
        int versions = datasets.versions(DATA).toList().size();

        boolean isRefused = false;
        try {
            datasets.publish(DATA, files.iterator(), PublishOptions.defaults());
        } catch (ConflictException e) {
            assertThat(e).hasMessageContaining("collected");
            isRefused = true;
        }

        assertThat(datasets.versions(DATA).toList()).hasSize(versions + (isRefused ? 0 : 1));
        verifyAll();
        files.remove(position);
        DatasetVersion again = datasets.publish(DATA, files.iterator(), PublishOptions.defaults());
        assertThat(again.files()).isEqualTo(4);
        mlops.storage().collect(CollectOptions.grace(Duration.ZERO));
        verifyAll();
        assertThat(mlops.storage().scrub(ScrubOptions.full()).damages()).isEmpty();
    }

    /** As if the clock of the database had been moved by as much in the other direction. */
    private void shift(String table, String column, Duration by) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("mlops.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 10000");
            statement.executeUpdate("UPDATE %s SET %s = %s + %d".formatted(table, column, column, by.toMillis()));
        }
    }
}
