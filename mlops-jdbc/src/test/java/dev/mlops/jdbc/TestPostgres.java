package dev.mlops.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;

/** One PostgreSQL server for all tests of a JVM, with databases by name. */
final class TestPostgres {
    private static final EmbeddedPostgres SERVER = start();
    private static final Set<String> DATABASES = new HashSet<>();

    private TestPostgres() {}

    private static EmbeddedPostgres start() {
        try {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "100")
                    // Tests do not need what survives a power cut.
                    .setServerConfig("fsync", "off")
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The database with this name, which is made when it is asked for first. */
    static synchronized DataSource database(String name) {
        if (DATABASES.add(name)) {
            try (Connection connection = SERVER.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
        return SERVER.getDatabase("postgres", name);
    }

    static String url(String name) {
        return SERVER.getJdbcUrl("postgres", name);
    }
}
