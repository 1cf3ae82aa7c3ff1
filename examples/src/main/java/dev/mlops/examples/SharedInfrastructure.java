package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.project.Project;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.MlopsSdk;
import dev.mlops.jdbc.PostgresMetadataStore;
import dev.mlops.s3.S3ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL and S3 instead of SQLite and files: several hosts share one store, each caller is checked. */
public final class SharedInfrastructure {
    private SharedInfrastructure() {}

    /**
     * Runs it: {@code --database jdbc:postgresql://host/name --s3 https://host:9000 --bucket models}; user and password of
     * the database are in its address, the keys of S3 where the tools of AWS look for them.
     */
    public static void main(String[] args) {
        Programs.run(out -> {
            Arguments arguments = Arguments.parse(args, "--database", "--s3", "--bucket");
            PGSimpleDataSource database = new PGSimpleDataSource();
            database.setURL(needed(arguments, "--database"));
            try (ObjectStore objects = S3ObjectStore.builder()
                    .endpoint(URI.create(needed(arguments, "--s3")))
                    .bucket(needed(arguments, "--bucket"))
                    .pathStyle()
                    .open()) {
                run(database, objects, Programs.temporaryDirectory(), "shared-" + System.currentTimeMillis(), out);
            }
        });
    }

    private static String needed(Arguments arguments, String option) {
        return arguments.option(option).orElseThrow(() -> new InvalidInputException("option", option, "is needed"));
    }

    /**
     * One host's view of the store that all share, whose schema is there. Closing it closes neither the database nor the
     * object store.
     */
    static Mlops open(DataSource database, ObjectStore objects, Path staging) {
        return MlopsSdk.builder()
                .metadata(PostgresMetadataStore.over(database))
                .objects(objects)
                .cache(staging)
                .build();
    }

    /**
     * Publishes as Alice on one host and reads as Bob on another, both of them this process.
     *
     * @param database the database, whose schema is made or brought up to date
     * @param objects where bytes are kept
     * @param work a directory for bytes on their way
     * @param projectName a project that there is none of yet
     */
    public static Outcome run(
            DataSource database, ObjectStore objects, Path work, String projectName, PrintStream out) {
        PostgresMetadataStore.migrate(database);
        try (Mlops oneHost = open(database, objects, work.resolve("one"));
                Mlops another = open(database, objects, work.resolve("another"))) {
            Project written = oneHost.as(Principal.user("alice")).projects().create(projectName);
            written.access().grant(Subject.group("readers"), Privilege.READ);
            FileSource file = FileSource.of("hello.txt", "from one host".getBytes(StandardCharsets.UTF_8));
            DatasetVersion version =
                    written.datasets().publish("greetings", List.of(file).iterator(), PublishOptions.defaults());
            out.println("alice on one host:    published " + version);

            Mlops bob = another.as(Principal.user("bob", Set.of("readers")));
            String text = read(bob.projects().open(projectName), "greetings");
            out.println("bob on another host:  read \"" + text + "\"");
            List<String> seen = bob.events()
                    .list()
                    .map(event -> event.principal() + " " + event.subject())
                    .toList();
            return new Outcome(version, text, seen);
        }
    }

    private static String read(Project project, String dataset) {
        try (InputStream bytes = project.datasets().open(project.datasets().version(dataset), "hello.txt")) {
            return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What came of it.
     *
     * @param version what was published on one host
     * @param text what was read on another
     * @param events the events as Bob sees them
     */
    public record Outcome(DatasetVersion version, String text, List<String> events) {}
}
