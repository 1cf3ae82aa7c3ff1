package dev.mlops.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.access.Visibility;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.OutcomeUnknownException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.spi.metadata.MetadataStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class PostgresMetadataStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    @Test
    void refusesADatabaseWithoutASchemaUnlessItMayMigrate() {
        DataSource source = TestPostgres.database("missing");

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> PostgresMetadataStore.over(source))
                .withMessageContaining("is missing");
        PostgresMetadataStore.migrate(source);
        PostgresMetadataStore.migrate(source);
        try (MetadataStore store = PostgresMetadataStore.over(source)) {
            insert(store, "digits");
            assertThat(contains(store, "digits")).isTrue();
            assertThat(store.describe()).startsWith("PostgreSQL at localhost").endsWith("/missing");
        }
    }

    @Test
    void refusesASchemaThatIsOlderOrNewer() throws SQLException {
        DataSource source = TestPostgres.database("versions");
        PostgresMetadataStore.migrate(source);

        execute(source, "UPDATE mlops_schema_history SET version = '99' WHERE version = '3'");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> PostgresMetadataStore.migrate(source))
                .withMessageContaining("newer");
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> PostgresMetadataStore.over(source));

        execute(source, "DELETE FROM mlops_schema_history WHERE version = '99'");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> PostgresMetadataStore.over(source))
                .withMessageContaining("older");
    }

    @Test
    void migratesBesideTheTablesOfTheHost() throws SQLException {
        DataSource source = TestPostgres.database("shared");
        execute(source, "CREATE TABLE customer (id BIGINT PRIMARY KEY)");
        PostgresMetadataStore.migrate(source);

        try (MetadataStore store = PostgresMetadataStore.over(source)) {
            insert(store, "digits");
        }
        execute(source, "INSERT INTO customer VALUES (1)");
    }

    @RepeatedTest(8)
    void severalThatMigrateAtOnceAllDoWell(RepetitionInfo repetition) throws Exception {
        DataSource source = TestPostgres.database("together" + repetition.getCurrentRepetition());
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> opened = IntStream.range(0, 4)
                    .mapToObj(i -> pool.submit(() -> {
                        PostgresMetadataStore.migrate(source);
                        return true;
                    }))
                    .toList();
            for (Future<Boolean> one : opened) {
                assertThat(one.get(60, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }
        PostgresMetadataStore.over(source).close();
    }

    @Test
    void saysThatAServerIsOutOfReachWithoutThePassword() {
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> PostgresMetadataStore.connect(
                        "jdbc:postgresql://127.0.0.1:1/none", "u", "s3cret", SchemaMode.REQUIRE))
                .satisfies(e -> assertThat(e.toString()).doesNotContain("s3cret"));
    }

    @Test
    void opensAPoolOfItsOwn() {
        PostgresMetadataStore.migrate(TestPostgres.database("pooled"));
        try (MetadataStore store =
                PostgresMetadataStore.connect(TestPostgres.url("pooled"), "postgres", "postgres", SchemaMode.REQUIRE)) {
            insert(store, "digits");
            assertThat(contains(store, "digits")).isTrue();
        }
    }

    @Test
    void aRowLockedForTooLongIsUnavailable() throws SQLException {
        DataSource source = TestPostgres.database("locked");
        try (MetadataStore store = PostgresMetadataStore.builder(source)
                        .schema(SchemaMode.MIGRATE)
                        .lockTimeout(Duration.ofMillis(200))
                        .open();
                Connection other = source.getConnection();
                Statement lock = other.createStatement()) {
            insert(store, "digits");
            other.setAutoCommit(false);
            lock.execute("SELECT id FROM project FOR UPDATE");

            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> store.<Long>transaction(tx -> tx.grants().countAdmins("id-digits")))
                    .satisfies(e -> assertThat(e.isRetryable()).isTrue());
            other.rollback();
            assertThat(store.<Long>transaction(tx -> tx.grants().countAdmins("id-digits")))
                    .isZero();
        }
    }

    @Test
    void aDeadlockIsRunAgain() throws Exception {
        DataSource source = TestPostgres.database("deadlock");
        AtomicInteger tries = new AtomicInteger();
        CyclicBarrier both = new CyclicBarrier(2);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try (MetadataStore store =
                PostgresMetadataStore.builder(source).schema(SchemaMode.MIGRATE).open()) {
            insert(store, "a");
            insert(store, "b");
            Future<?> first = pool.submit(() -> lockBoth(store, "id-a", "id-b", tries, both));
            Future<?> second = pool.submit(() -> lockBoth(store, "id-b", "id-a", tries, both));

            first.get(30, TimeUnit.SECONDS);
            second.get(30, TimeUnit.SECONDS);
            assertThat(tries).hasValueGreaterThan(2);
        } finally {
            pool.shutdownNow();
        }
    }

    private static void lockBoth(
            MetadataStore store, String first, String second, AtomicInteger tries, CyclicBarrier both) {
        store.<Long>transaction(tx -> {
            int attempt = tries.incrementAndGet();
            long admins = tx.grants().countAdmins(first);
            if (attempt <= 2) {
                meet(both);
            }
            return admins + tx.grants().countAdmins(second);
        });
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aBrokenReferenceIsAConflict() {
        try (MetadataStore store = PostgresMetadataStore.builder(TestPostgres.database("reference"))
                .schema(SchemaMode.MIGRATE)
                .open()) {
            assertThatExceptionOfType(ConflictException.class)
                    .isThrownBy(() -> store.<Boolean>transaction(tx -> {
                        tx.runs().setTags("no such run", java.util.Map.of("a", "b"));
                        return true;
                    }));
        }
    }

    @Test
    void aServerThatEndsTheConnectionDuringWorkChangedNothing() {
        DataSource source = TestPostgres.database("killed");
        try (MetadataStore store =
                PostgresMetadataStore.builder(source).schema(SchemaMode.MIGRATE).open()) {
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> store.<Boolean>transaction(tx -> {
                        tx.projects().insert(project("lost"));
                        terminateOthers(source, "killed");
                        tx.projects().insert(project("never"));
                        return true;
                    }));
            assertThat(contains(store, "lost")).isFalse();
        }
    }

    @Test
    void aCommitThatIsNotAnsweredHasAnUnknownOutcome() {
        DataSource source = TestPostgres.database("unknown");
        PostgresMetadataStore.migrate(source);
        DataSource losing = losingCommits(source, "unknown");

        try (MetadataStore store = PostgresMetadataStore.over(losing)) {
            assertThatExceptionOfType(OutcomeUnknownException.class)
                    .isThrownBy(() -> insert(store, "maybe"))
                    .withMessageContaining("look before");
        }
    }

    @Test
    void leavesNoSettingOnTheConnectionsOfTheHost() throws SQLException {
        DataSource source = TestPostgres.database("settings");
        PostgresMetadataStore.migrate(source);
        try (Connection only = source.getConnection();
                MetadataStore store = PostgresMetadataStore.over(always(only))) {
            insert(store, "digits");
            contains(store, "digits");

            assertThat(only.getAutoCommit()).isTrue();
            assertThat(show(only, "lock_timeout")).isEqualTo("0");
            assertThat(show(only, "transaction_read_only")).isEqualTo("off");
            assertThat(show(only, "transaction_isolation")).isEqualTo("read committed");
        }
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SHOW " + setting)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** A data source that always gives one connection and does not let it be closed. */
    private static DataSource always(Connection connection) {
        Connection open = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) ->
                        method.getName().equals("close") ? null : invoke(connection, method, arguments));
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> open);
    }

    /** A data source whose server ends the connection when it should commit. */
    private static DataSource losingCommits(DataSource source, String database) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Connection connection = source.getConnection();
                    return Proxy.newProxyInstance(
                            Connection.class.getClassLoader(),
                            new Class<?>[] {Connection.class},
                            (ignored, called, values) -> {
                                if (called.getName().equals("commit")) {
                                    terminateOthers(source, database);
                                }
                                return invoke(connection, called, values);
                            });
                });
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void terminateOthers(DataSource source, String database) {
        try {
            execute(
                    source,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                            + " AND datname = '" + database + "'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void execute(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static ProjectInfo project(String name) {
        return new ProjectInfo("id-" + name, name, Visibility.PRIVATE, "", "alice", NOW);
    }

    private static void insert(MetadataStore store, String name) {
        store.<Boolean>transaction(tx -> {
            tx.projects().insert(project(name));
            return true;
        });
    }

    private static boolean contains(MetadataStore store, String name) {
        return store.<Boolean>read(tx -> tx.projects().find(name).isPresent());
    }
}
