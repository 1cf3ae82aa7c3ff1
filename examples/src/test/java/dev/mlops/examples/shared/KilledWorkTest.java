package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.MlopsSdk;
import dev.mlops.jdbc.PostgresMetadataStore;
import dev.mlops.jdbc.SchemaMode;
import dev.mlops.s3.S3ObjectStore;
import dev.mlops.testkit.kill.DatasetWork;
import dev.mlops.testkit.kill.KilledWorkContract;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** On PostgreSQL and S3. */
class KilledWorkTest extends KilledWorkContract {
    private static final PrintStream OUT = System.out;

    private final String database = Servers.started().newDatabase();
    private final String bucket = Servers.started().newBucket();

    @TempDir
    private Path cache;

    @Override
    protected List<String> command(List<String> args) {
        List<String> worker =
                Worker.command(database, Servers.started().s3Endpoint().toString(), bucket, cache.toString());
        return Stream.of(worker, args).flatMap(List::stream).toList();
    }

    @Override
    protected Mlops open() {
        return Worker.open(database, Servers.started().s3Endpoint().toString(), bucket, cache.toString());
    }

    /** The process that is killed. */
    static final class Worker {
        private Worker() {}

        /** {@code <database> <endpoint> <bucket> <cache>} and what the work wants. */
        public static void main(String[] args) {
            try (Mlops mlops = open(args[0], args[1], args[2], args[3])) {
                DatasetWork.run(mlops, List.of(args).subList(4, args.length).toArray(String[]::new), OUT);
            }
        }

        static Mlops open(String database, String endpoint, String bucket, String cache) {
            MetadataStore metadata =
                    PostgresMetadataStore.connect(database, "postgres", "postgres", SchemaMode.MIGRATE);
            ObjectStore objects = S3ObjectStore.builder()
                    .endpoint(URI.create(endpoint))
                    .pathStyle()
                    .bucket(bucket)
                    .credentials(Servers.ACCESS_KEY, Servers.SECRET_KEY)
                    .open();
            return MlopsSdk.builder()
                    .metadata(metadata)
                    .objects(objects)
                    .cache(Path.of(cache))
                    .closeAlso(metadata)
                    .closeAlso(objects)
                    .build();
        }

        static List<String> command(String... args) {
            List<String> jvm = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:-UsePerfData",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx256m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Worker.class.getName());
            return Stream.of(jvm, List.of(args)).flatMap(List::stream).toList();
        }
    }
}
