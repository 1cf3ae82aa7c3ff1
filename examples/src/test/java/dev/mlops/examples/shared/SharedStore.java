package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.MlopsSdk;
import dev.mlops.jdbc.PostgresMetadataStore;
import dev.mlops.jdbc.SchemaMode;
import dev.mlops.s3.S3ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The store on PostgreSQL and S3 in which all contract suites of this package make their projects. */
final class SharedStore {
    private static final String BUCKET = Servers.started().newBucket();
    private static final Mlops MLOPS = open();

    private SharedStore() {}

    static Mlops mlops() {
        return MLOPS;
    }

    /** The directory in which the S3 server keeps the store's bytes. */
    static Path objectDirectory() {
        return Servers.started().directoryOf(BUCKET);
    }

    private static Mlops open() {
        String database = Servers.started().newDatabase();
        MetadataStore metadata = PostgresMetadataStore.connect(database, "postgres", "postgres", SchemaMode.MIGRATE);
        ObjectStore objects = S3ObjectStore.builder()
                .endpoint(Servers.started().s3Endpoint())
                .pathStyle()
                .bucket(BUCKET)
                .credentials(Servers.ACCESS_KEY, Servers.SECRET_KEY)
                .open();
        return MlopsSdk.builder()
                .metadata(metadata)
                .objects(objects)
                .cache(newDirectory())
                .closeAlso(metadata)
                .closeAlso(objects)
                .build();
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory(Servers.started().scratch(), "staging");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
