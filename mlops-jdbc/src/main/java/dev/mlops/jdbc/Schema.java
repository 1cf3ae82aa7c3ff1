package dev.mlops.jdbc;

import dev.mlops.api.error.InvalidInputException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at, checks and migrates the schema of a database. */
final class Schema {
    /** The version of the newest migration of this SDK. */
    static final int NEWEST = 3;

    private static final int MAX_ATTEMPTS = 10;

    static final String HISTORY = "mlops_schema_history";

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final String LOCATION = "classpath:dev/mlops/jdbc/migration/";

    private final DataSource dataSource;
    private final Dialect dialect;
    private final String database;

    Schema(DataSource dataSource, Dialect dialect, String database) {
        this.dataSource = dataSource;
        this.dialect = dialect;
        this.database = database;
    }

    /** The version of the database's schema, 0 if it has none. */
    int version() {
        try (Connection connection = dataSource.getConnection()) {
            return hasHistory(connection) ? newestApplied(connection) : 0;
        } catch (SQLException e) {
            throw Failure.of(e).toException(database, e);
        }
    }

    /** Checks that the schema is the one of this SDK. */
    void require() {
        int version = version();
        refuseNewer(version);
        if (version == 0) {
            throw wrong("none", "is missing; open the store with migration to make it");
        }
        if (version < NEWEST) {
            throw wrong(version, "is older than %d, which this SDK needs; migrate it".formatted(NEWEST));
        }
    }

    /** Brings the schema to the newest version; several processes may do so at once where the database locks itself. */
    void migrate() {
        for (int attempt = 1; ; attempt++) {
            int version = version();
            refuseNewer(version);
            if (version == NEWEST) {
                return;
            }
            try {
                flyway().migrate();
                LOG.debug("{}: schema migrated from version {} to {}", database, version, NEWEST);
                return;
            } catch (FlywayException e) {
                if (attempt == MAX_ATTEMPTS || !isRefusalWithoutCause(e)) {
                    throw Failure.of(e).toException(database, e);
                }
            }
            Backoff.pause(attempt);
        }
    }

    /** Flyway refuses, without the database's having failed, when another made the history while it looked. */
    private static boolean isRefusalWithoutCause(FlywayException e) {
        return e.getCause() == null;
    }

    private Flyway flyway() {
        return Flyway.configure(Schema.class.getClassLoader())
                .dataSource(dataSource)
                .locations(LOCATION + "common", LOCATION + dialect.migrations())
                .placeholders(dialect.placeholders())
                .table(HISTORY)
                // A host's own tables may be in the schema already.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .cleanDisabled(true)
                .failOnMissingLocations(true)
                .validateMigrationNaming(true)
                .load();
    }

    private boolean hasHistory(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(dialect.tableCount())) {
            query.setString(1, HISTORY);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() && rows.getInt(1) > 0;
            }
        }
    }

    private static int newestApplied(Connection connection) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet rows = query.executeQuery("SELECT max(CAST(version AS INTEGER)) FROM mlops_schema_history"
                        + " WHERE version IS NOT NULL")) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    private void refuseNewer(int version) {
        if (version > NEWEST) {
            throw wrong(version, "is newer than %d, the newest that this SDK knows; use a newer SDK".formatted(NEWEST));
        }
    }

    private InvalidInputException wrong(Object version, String rule) {
        return new InvalidInputException("schema version of " + database, version, rule);
    }
}
