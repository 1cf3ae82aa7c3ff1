package dev.mlops.examples.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.examples.SharedInfrastructure;
import dev.mlops.s3.S3ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

class SharedInfrastructureTest {
    @TempDir
    private Path work;

    @Test
    void whatOneHostPublishesAnotherReads() {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setURL(Servers.started().newDatabase());
        database.setUser("postgres");
        database.setPassword("postgres");
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (ObjectStore objects = S3ObjectStore.builder()
                .endpoint(Servers.started().s3Endpoint())
                .pathStyle()
                .bucket(Servers.started().newBucket())
                .credentials(Servers.ACCESS_KEY, Servers.SECRET_KEY)
                .open()) {
            SharedInfrastructure.Outcome outcome = SharedInfrastructure.run(
                    database, objects, work, "shared", new PrintStream(text, true, StandardCharsets.UTF_8));

            assertThat(outcome.version().reference()).isEqualTo("shared/greetings:V001");
            assertThat(outcome.text()).isEqualTo("from one host");
            assertThat(outcome.events()).anySatisfy(event -> assertThat(event).contains("alice", "greetings"));
            assertThat(text.toString(StandardCharsets.UTF_8)).contains("bob on another host:  read \"from one host\"");
        }
    }
}
