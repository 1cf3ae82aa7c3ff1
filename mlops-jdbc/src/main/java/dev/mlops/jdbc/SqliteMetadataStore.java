package dev.mlops.jdbc;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Metadata in one SQLite file (write-ahead log, every commit synced to disk), which several threads and several
 * processes of one machine may use at once. The file must be on a local disk: SQLite's locks do not hold on network
 * file systems. Thread-safe.
 *
 * <p>Searches that ignore case ({@code ILIKE}, texts in lists) ignore that of ASCII letters only.
 */
public final class SqliteMetadataStore implements MetadataStore {
    private final RelationalStore store;

    SqliteMetadataStore(RelationalStore store) {
        this.store = store;
    }

    /**
     * Opens a file, which is made if it is not there, as are the directories above it; makes or migrates its schema.
     *
     * @throws InvalidInputException if the schema of the file is newer than this SDK
     * @throws IntegrityException if the file is damaged or no SQLite database
     * @throws UnavailableException if the file cannot be made or opened, or is locked for too long
     */
    public static SqliteMetadataStore open(Path file) {
        return builder(file).schema(SchemaMode.MIGRATE).open();
    }

    /** A builder for a store in a file. */
    public static Builder builder(Path file) {
        return new Builder(file.toAbsolutePath().normalize(), null);
    }

    /**
     * A builder for a store on the host's own data source of SQLite connections to one file, which the store does not
     * close. The host sees to {@code busy_timeout} and {@code synchronous}; the store sets the journal mode (WAL, which
     * stays with the file) and {@code foreign_keys}. At least one connection must be free for a writer while others read.
     */
    public static Builder builder(DataSource dataSource) {
        return new Builder(null, dataSource);
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

    /** Builds a {@link SqliteMetadataStore}. Not thread-safe. */
    public static final class Builder {
        private final @Nullable Path file;
        private final @Nullable DataSource given;
        private SchemaMode schema = SchemaMode.REQUIRE;
        private Duration busyTimeout = Duration.ofSeconds(10);
        private int connections = 8;

        private Builder(@Nullable Path file, @Nullable DataSource given) {
            this.file = file;
            this.given = given;
        }

        /** What to do about the schema; {@link SchemaMode#REQUIRE} by default. */
        public Builder schema(SchemaMode schema) {
            this.schema = schema;
            return this;
        }

        /**
         * How long a writer waits for other threads, and then again for other processes, before it gives up with {@link
         * UnavailableException}; 1 ms to 10 minutes, 10 seconds by default.
         */
        public Builder busyTimeout(Duration busyTimeout) {
            this.busyTimeout = Limits.timeout("busy timeout", busyTimeout);
            return this;
        }

        /** How many connections the store opens at most on its file, 2 to 64; 8 by default. */
        public Builder connections(int connections) {
            if (connections < 2 || connections > 64) {
                throw new InvalidInputException("connections", connections, "must be 2 to 64");
            }
            this.connections = connections;
            return this;
        }

        /**
         * Opens the store.
         *
         * @throws InvalidInputException if the schema is not what this SDK needs and may not be or cannot be migrated
         * @throws IntegrityException if the file is damaged or no SQLite database
         * @throws UnavailableException if the file cannot be opened, or is locked for too long
         */
        public SqliteMetadataStore open() {
            Path path = file;
            DataSource dataSource = given;
            if (path != null) {
                return SqliteFile.open(path, schema, busyTimeout, connections);
            }
            if (dataSource == null) {
                throw new IllegalStateException("neither a file nor a data source");
            }
            return SqliteFile.over(dataSource, schema, busyTimeout);
        }
    }
}
