package dev.mlops.examples.shared;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** One PostgreSQL and one S3 server for all tests of a JVM, with as many databases and buckets as are asked for. */
final class Servers {
    static final String ACCESS_KEY = "tester";
    static final String SECRET_KEY = "not-a-real-secret";

    private static final Servers STARTED = start();

    private final AtomicInteger names = new AtomicInteger();
    private final EmbeddedPostgres postgres;
    private final S3Proxy s3;
    private final FilesystemNio2BlobStore objects;
    private final Path directory;
    private final Path buckets;
    private final Path scratch;

    private Servers() throws Exception {
        directory = Files.createTempDirectory("mlops-shared-");
        buckets = Files.createDirectory(directory.resolve("buckets"));
        scratch = Files.createDirectory(directory.resolve("scratch"));
        objects = new FilesystemNio2BlobStore(buckets.toString());
        s3 = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .blobStore(objects)
                .build();
        // Tests do not need what survives a power cut.
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("max_connections", "200")
                .setServerConfig("fsync", "off")
                .start();
        s3.start();
    }

    private static Servers start() {
        try {
            Servers servers = new Servers();
            Runtime.getRuntime().addShutdownHook(new Thread(servers::stop));
            return servers;
        } catch (Exception e) {
            throw new IllegalStateException("the servers for tests do not start", e);
        }
    }

    static Servers started() {
        return STARTED;
    }

    /** The address of a new, empty database, for the user and password {@code postgres}. */
    String newDatabase() {
        String name = "shared" + names.incrementAndGet();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return postgres.getJdbcUrl("postgres", name);
    }

    /** The name of a new, empty bucket. */
    String newBucket() {
        String name = "shared-" + names.incrementAndGet();
        objects.createContainer(name);
        return name;
    }

    /** The directory in which the S3 server keeps a bucket. */
    Path directoryOf(String bucket) {
        return buckets.resolve(bucket);
    }

    /** A directory that is removed when the tests are over. */
    Path scratch() {
        return scratch;
    }

    URI s3Endpoint() {
        return URI.create("http://127.0.0.1:" + s3.getPort());
    }

    private void stop() {
        try {
            s3.stop();
            postgres.close();
            TestDirectories.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("the S3 server does not stop", e);
        }
    }
}
