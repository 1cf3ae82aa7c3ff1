package dev.mlops.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Metadata in PostgreSQL (13 or later), in the current schema of the connections; several processes and hosts may use it
 * at once. Needs {@code org.postgresql:postgresql} and, for migrations, {@code flyway-database-postgresql} on the class
 * path. Thread-safe.
 *
 * <p>Searches that ignore case ({@code ILIKE}, texts in lists) ignore that of ASCII letters only, as on SQLite.
 */
public final class PostgresMetadataStore implements MetadataStore {
    private final RelationalStore store;

    private PostgresMetadataStore(RelationalStore store) {
        this.store = store;
    }

    /**
     * Opens a store over the host's own data source, whose schema must be there already. Closing the store does not
     * close the data source.
     *
     * @throws InvalidInputException if the schema is missing, older or newer than this SDK needs
     * @throws UnavailableException if the database cannot be reached
     */
    public static PostgresMetadataStore over(DataSource dataSource) {
        return builder(dataSource).open();
    }

    /**
     * Makes the schema, or brings it to the version that this SDK needs; does nothing if it is there. Several processes
     * may do so at once.
     *
     * @throws InvalidInputException if the schema is newer than this SDK
     * @throws UnavailableException if the database cannot be reached
     */
    public static void migrate(DataSource dataSource) {
        builder(dataSource).schema(SchemaMode.MIGRATE).open().close();
    }

    /** A builder for a store over the host's own data source, which the store does not close. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /**
     * Opens a store with a connection pool of its own, which it closes.
     *
     * @param url such as {@code jdbc:postgresql://db.example.org/mlops}
     * @param user the user
     * @param password the password, which is not shown anywhere
     * @param schema what to do about the schema
     */
    public static PostgresMetadataStore connect(String url, String user, String password, SchemaMode schema) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setPoolName("mlops-postgres");
        config.setConnectionTimeout(10_000);
        HikariDataSource pool = pool(config);
        try {
            return builder(pool).schema(schema).open(pool::close);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private static HikariDataSource pool(HikariConfig config) {
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw Failure.of(e).toException("PostgreSQL", e);
        }
    }

    @Override
    public <T> T transaction(Function<? super MetadataTransaction, ? extends T> work) {
        return store.transaction(work);
    }

    @Override
    public <T> T read(Function<? super MetadataTransaction, ? extends T> work) {
        return store.read(work);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return describe();
    }

    /** Builds a {@link PostgresMetadataStore}. Not thread-safe. */
    public static final class Builder {
        private final DataSource dataSource;
        private SchemaMode schema = SchemaMode.REQUIRE;
        private Duration lockTimeout = Duration.ofSeconds(10);

        private Builder(DataSource dataSource) {
            this.dataSource = dataSource;
        }

        /** What to do about the schema; {@link SchemaMode#REQUIRE} by default. */
        public Builder schema(SchemaMode schema) {
            this.schema = schema;
            return this;
        }

        /**
         * How long a statement waits for a lock before the transaction gives up with {@link UnavailableException}; 1 ms
         * to 10 minutes, 10 seconds by default.
         */
        public Builder lockTimeout(Duration lockTimeout) {
            this.lockTimeout = Limits.timeout("lock timeout", lockTimeout);
            return this;
        }

        /**
         * Opens the store.
         *
         * @throws InvalidInputException if the schema is not what this SDK needs and may not be or cannot be migrated
         * @throws UnavailableException if the database cannot be reached
         */
        public PostgresMetadataStore open() {
            return open(() -> {});
        }

        private PostgresMetadataStore open(Runnable closeOwned) {
            String database = "PostgreSQL at " + where();
            PostgresDialect dialect = new PostgresDialect(lockTimeout);
            Schema found = new Schema(dataSource, dialect, database);
            if (schema == SchemaMode.MIGRATE) {
                found.migrate();
            } else {
                found.require();
            }
            return new PostgresMetadataStore(new RelationalStore(dataSource, dialect, database, closeOwned));
        }

        /** Host, port and database out of the URL; what follows may hold secrets. */
        private String where() {
            try (Connection connection = dataSource.getConnection()) {
                String url = connection.getMetaData().getURL();
                return url.replaceFirst("^jdbc:postgresql:(//)?", "").replaceFirst("[?&].*$", "");
            } catch (SQLException e) {
                throw Failure.of(e).toException("PostgreSQL", e);
            }
        }
    }
}
