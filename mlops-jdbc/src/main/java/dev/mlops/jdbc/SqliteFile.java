package dev.mlops.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;

/** Opens SQLite files and sees to their schema. */
final class SqliteFile {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteFile.class);

    private SqliteFile() {}

    static SqliteMetadataStore open(Path file, SchemaMode mode, Duration busyTimeout, int connections) {
        makeDirectories(file, mode);
        String database = "SQLite at " + file;
        SQLiteDataSource source = source(file, busyTimeout);
        SqliteDialect dialect = new SqliteDialect(database, busyTimeout);
        prepare(new Schema(source, dialect, database), source, mode, file, database);
        HikariDataSource pool = pool(source, busyTimeout, connections);
        return new SqliteMetadataStore(new RelationalStore(pool, dialect, database, pool::close));
    }

    static SqliteMetadataStore over(DataSource source, SchemaMode mode, Duration busyTimeout) {
        Path file = file(source);
        String database = "SQLite at " + file;
        SqliteDialect dialect = new SqliteDialect(database, busyTimeout);
        prepare(new Schema(source, dialect, database), source, mode, file, database);
        return new SqliteMetadataStore(new RelationalStore(source, dialect, database, () -> {}));
    }

    private static void makeDirectories(Path file, SchemaMode mode) {
        if (mode == SchemaMode.REQUIRE && !Files.exists(file)) {
            throw new InvalidInputException("database file", file, "does not exist; open it with migration to make it");
        }
        Path directory = file.getParent();
        try {
            if (directory != null) {
                Files.createDirectories(directory);
            }
        } catch (IOException e) {
            throw new UnavailableException("Cannot make the directory %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    private static void prepare(Schema schema, DataSource source, SchemaMode mode, Path file, String database) {
        if (mode == SchemaMode.REQUIRE) {
            schema.require();
        } else if (schema.version() != Schema.NEWEST) {
            MigrationLock.with(file, () -> {
                useWriteAheadLog(source, database);
                schema.migrate();
            });
        }
    }

    /** Stays with the file. Without it readers and writers wait for each other. */
    private static void useWriteAheadLog(DataSource source, String database) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet mode = statement.executeQuery("PRAGMA journal_mode = WAL")) {
            if (!mode.next() || !"wal".equalsIgnoreCase(mode.getString(1))) {
                LOG.warn("{} cannot use a write-ahead log; move it to a local disk", database);
            }
        } catch (SQLException e) {
            throw Failure.of(e).toException(database, e);
        }
    }

    private static Path file(DataSource source) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet databases = statement.executeQuery(
                        "SELECT file FROM pragma_database_list WHERE name = 'main' AND file <> ''")) {
            if (!databases.next()) {
                throw new InvalidInputException(
                        "data source", source, "must give connections to a SQLite file, not to memory");
            }
            return Path.of(databases.getString(1));
        } catch (SQLException e) {
            throw Failure.of(e).toException("SQLite of the given data source", e);
        }
    }

    private static SQLiteDataSource source(Path file, Duration busyTimeout) {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(Math.toIntExact(busyTimeout.toMillis()));
        config.enforceForeignKeys(true);
        // FULL and not NORMAL: what was acknowledged is there after a power cut too, not just after a crash.
        config.setSynchronous(SynchronousMode.FULL);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    private static HikariDataSource pool(DataSource source, Duration busyTimeout, int connections) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setPoolName("mlops-sqlite");
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setMaxLifetime(0);
        config.setConnectionTimeout(Math.max(250, busyTimeout.toMillis()));
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }
}
