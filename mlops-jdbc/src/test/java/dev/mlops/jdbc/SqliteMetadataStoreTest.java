package dev.mlops.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.access.Visibility;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.spi.metadata.MetadataStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

class SqliteMetadataStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    @TempDir
    Path directory;

    @Test
    void makesTheFileAndTheDirectoriesAboveItAndFindsEverythingAgain() {
        Path file = directory.resolve("a/b/metadata.db");
        try (MetadataStore store = SqliteMetadataStore.open(file)) {
            insert(store, "digits");
            assertThat(store.describe()).isEqualTo("SQLite at " + file);
        }

        try (MetadataStore store = SqliteMetadataStore.builder(file).open()) {
            assertThat(contains(store, "digits")).isTrue();
        }
    }

    @Test
    void takesPathsWithSpacesAndSigns() {
        Path file = directory.resolve("my data #1 ü/meta data?.db");
        try (MetadataStore store = SqliteMetadataStore.open(file)) {
            insert(store, "digits");
        }

        assertThat(file).isRegularFile();
    }

    @Test
    void refusesToOpenWithoutMigrationWhatIsNotThere() throws IOException {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SqliteMetadataStore.builder(file()).open())
                .withMessageContaining("does not exist");
        assertThat(file()).doesNotExist();

        Files.createFile(file());
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SqliteMetadataStore.builder(file()).open())
                .withMessageContaining("is missing")
                .withMessageContaining(file().toString());
    }

    @Test
    void refusesASchemaThatIsNewer() throws SQLException {
        SqliteMetadataStore.open(file()).close();
        execute(
                "INSERT INTO mlops_schema_history VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'x', 0, 1, 1)");

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SqliteMetadataStore.open(file()))
                .withMessageContaining("'99'")
                .withMessageContaining("newer");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SqliteMetadataStore.builder(file()).open());
    }

    @Test
    void migratesASchemaThatIsOlderOnRequestOnly() throws SQLException {
        SqliteMetadataStore.open(file()).close();
        execute("DELETE FROM mlops_schema_history WHERE version = '3'");
        execute("DROP VIEW content_gone_owner");
        for (String table : List.of("damage", "use", "owner", "session_pack", "session", "pack", "index")) {
            execute("DROP TABLE content_" + table);
        }

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SqliteMetadataStore.builder(file()).open())
                .withMessageContaining("older");
        try (MetadataStore store = SqliteMetadataStore.open(file())) {
            assertThat(store.<Integer>read(tx -> tx.content().indexes().size())).isZero();
        }
    }

    @Test
    void severalThatOpenANewFileAtOnceAllDoWell() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> opened = IntStream.range(0, 4)
                    .mapToObj(i -> pool.submit(() -> {
                        try (MetadataStore store = SqliteMetadataStore.open(file())) {
                            insert(store, "project-" + i);
                            return true;
                        }
                    }))
                    .toList();
            for (Future<Boolean> one : opened) {
                assertThat(one.get(60, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void saysThatRandomBytesAreNoDatabase() throws IOException {
        byte[] bytes = new byte[50_000];
        new Random(1).nextBytes(bytes);
        Files.write(file(), bytes);

        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> SqliteMetadataStore.open(file()))
                .withMessageContaining(file().toString());
        assertThat(file()).hasBinaryContent(bytes);
    }

    @Test
    void saysThatATruncatedFileIsDamaged() throws IOException {
        SqliteMetadataStore.open(file()).close();
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }

        assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> {
            try (MetadataStore store = SqliteMetadataStore.open(file())) {
                insert(store, "digits");
            }
        });
    }

    @Test
    void saysThatAPageWasOverwritten() throws IOException {
        try (MetadataStore store = SqliteMetadataStore.open(file())) {
            insert(store, "digits");
        }
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            byte[] noise = new byte[(int) channel.size() - 4096];
            new Random(2).nextBytes(noise);
            channel.write(java.nio.ByteBuffer.wrap(noise), 4096);
        }

        assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> {
            try (MetadataStore store = SqliteMetadataStore.open(file())) {
                insert(store, "again");
            }
        });
    }

    @Test
    void aStoredDocumentThatCannotBeReadIsNotTakenForAnother() throws SQLException {
        try (MetadataStore store = SqliteMetadataStore.open(file())) {
            insert(store, "digits");
            for (String json : List.of("{\"format\":2,\"entries\":{}}", "{\"format\":1}", "{", "null")) {
                execute("INSERT INTO dataset VALUES ('d', 'id-digits', 'data', '', '" + json + "', 0, 0, 'a', 1)");
                assertThatExceptionOfType(IntegrityException.class)
                        .isThrownBy(() -> store.transaction(tx -> tx.datasets().findById("d")));
                execute("DELETE FROM dataset");
            }
        }
    }

    @Test
    void saysThatADirectoryIsNoFile() {
        assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> SqliteMetadataStore.open(directory));
    }

    @Test
    void aDatabaseLockedByOthersForTooLongIsUnavailableAndStillReadable() throws SQLException {
        try (MetadataStore store = SqliteMetadataStore.builder(file())
                        .schema(SchemaMode.MIGRATE)
                        .busyTimeout(Duration.ofMillis(200))
                        .open();
                Connection other = connect();
                Statement lock = other.createStatement()) {
            insert(store, "before");
            lock.execute("BEGIN IMMEDIATE");

            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> insert(store, "refused"))
                    .withMessageContaining("locked")
                    .satisfies(e -> assertThat(e.isRetryable()).isTrue());
            assertThat(contains(store, "before")).isTrue();

            lock.execute("ROLLBACK");
            insert(store, "after");
            assertThat(contains(store, "refused")).isFalse();
        }
    }

    @Test
    void waitsForAnotherWriterThatEndsInTime() throws Exception {
        try (MetadataStore store = SqliteMetadataStore.open(file());
                Connection other = connect();
                Statement lock = other.createStatement()) {
            lock.execute("BEGIN IMMEDIATE");
            ExecutorService pool = Executors.newSingleThreadExecutor();
            try {
                Future<?> writer = pool.submit(() -> insert(store, "patient"));
                TimeUnit.MILLISECONDS.sleep(300);
                assertThat(writer.isDone()).isFalse();
                lock.execute("COMMIT");
                writer.get(20, TimeUnit.SECONDS);
            } finally {
                pool.shutdownNow();
            }
            assertThat(contains(store, "patient")).isTrue();
        }
    }

    @Test
    void writersOfOneStoreThatWaitTooLongAreRefused() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (MetadataStore store = SqliteMetadataStore.builder(file())
                .schema(SchemaMode.MIGRATE)
                .busyTimeout(Duration.ofMillis(150))
                .open()) {
            Future<Boolean> holder = pool.submit(() -> store.<Boolean>transaction(tx -> {
                begun.countDown();
                return await(end);
            }));
            begun.await();

            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> insert(store, "refused"))
                    .withMessageContaining("busy");
            end.countDown();
            assertThat(holder.get(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void anInterruptedWriterIsCancelled() {
        try (MetadataStore store = SqliteMetadataStore.open(file())) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> insert(store, "never"));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(contains(store, "never")).isFalse();
        }
    }

    @Test
    void aReadOnlyDatabaseIsUnavailableForWritesAndCanBeRead() {
        try (MetadataStore store = SqliteMetadataStore.open(file())) {
            insert(store, "digits");
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);

        try (MetadataStore store = SqliteMetadataStore.builder(source(config)).open()) {
            assertThat(contains(store, "digits")).isTrue();
            assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> insert(store, "refused"));
            assertThat(contains(store, "digits")).isTrue();
        }
    }

    @Test
    void aFullDiskIsUnavailableAndWhatWasAcknowledgedStays() {
        SqliteMetadataStore.open(file()).close();
        SQLiteConfig config = new SQLiteConfig();
        config.setMaxPageCount(110);
        int acknowledged = 0;

        try (MetadataStore store = SqliteMetadataStore.builder(source(config)).open()) {
            try {
                while (acknowledged < 10_000) {
                    insert(store, "project-" + acknowledged, "x".repeat(4000));
                    acknowledged++;
                }
            } catch (UnavailableException full) {
                assertThat(full).hasMessageContaining("full");
            }
            assertThat(acknowledged).isBetween(1, 9_999);
            assertThat(contains(store, "project-" + acknowledged)).isFalse();
        }
        try (MetadataStore store = SqliteMetadataStore.open(file())) {
            int last = acknowledged - 1;
            assertThat(IntStream.rangeClosed(0, last)).allMatch(i -> contains(store, "project-" + i));
            insert(store, "project-" + acknowledged);
        }
    }

    @Test
    void doesNotCloseTheDataSourceThatItWasGivenAndEnforcesReferencesOnIt() throws SQLException {
        SQLiteDataSource source = source(new SQLiteConfig());
        try (MetadataStore store =
                SqliteMetadataStore.builder(source).schema(SchemaMode.MIGRATE).open()) {
            insert(store, "digits");
            assertThatExceptionOfType(ConflictException.class)
                    .isThrownBy(() -> store.<Boolean>transaction(tx -> {
                        tx.experiments()
                                .insert(new Experiment(
                                        "e", "no such project", "e", "", Lifecycle.ACTIVE, "alice", NOW));
                        return true;
                    }));
        }

        try (Connection connection = source.getConnection()) {
            assertThat(connection.isValid(1)).isTrue();
        }
    }

    @Test
    void refusesADataSourceInMemory() {
        SQLiteDataSource memory = new SQLiteDataSource();
        memory.setUrl("jdbc:sqlite::memory:");

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SqliteMetadataStore.builder(memory)
                        .schema(SchemaMode.MIGRATE)
                        .open())
                .withMessageContaining("not to memory");
    }

    @Test
    void checksItsOptions() {
        SqliteMetadataStore.Builder builder = SqliteMetadataStore.builder(file());

        assertThatThrownBy(() -> builder.busyTimeout(Duration.ZERO)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> builder.busyTimeout(Duration.ofDays(1))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> builder.connections(1)).isInstanceOf(InvalidInputException.class);
    }

    private Path file() {
        return directory.resolve("metadata.db");
    }

    private SQLiteDataSource source(SQLiteConfig config) {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file());
        return source;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file());
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void insert(MetadataStore store, String name) {
        insert(store, name, "");
    }

    private static void insert(MetadataStore store, String name, String description) {
        store.<Boolean>transaction(tx -> {
            tx.projects().insert(new ProjectInfo("id-" + name, name, Visibility.PRIVATE, description, "alice", NOW));
            return true;
        });
    }

    private static boolean contains(MetadataStore store, String name) {
        return store.<Boolean>read(tx -> tx.projects().find(name).isPresent());
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
