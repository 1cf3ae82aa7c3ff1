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
    private static final Mlops MLOPS = open(BUCKET);

    private SharedStore() {}

    static Mlops mlops() {
        return MLOPS;
    }

    /** The directory in which the S3 server keeps the store's bytes. */
    static Path objectDirectory() {
        return Servers.started().directoryOf(BUCKET);
    }

    /** Another store, of its own, over a bucket. */
    static Mlops open(String bucket) {
        String database = Servers.started().newDatabase();
        MetadataStore metadata = PostgresMetadataStore.connect(database, "postgres", "postgres", SchemaMode.MIGRATE);
        ObjectStore objects = objects(bucket);
        return MlopsSdk.builder()
                .metadata(metadata)
                .objects(objects)
                .cache(newDirectory())
                .closeAlso(metadata)
                .closeAlso(objects)
                .build();
    }

    /** The objects of a bucket. */
    static ObjectStore objects(String bucket) {
        return S3ObjectStore.builder()
                .endpoint(Servers.started().s3Endpoint())
                .pathStyle()
                .bucket(bucket)
                .credentials(Servers.ACCESS_KEY, Servers.SECRET_KEY)
                .open();
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory(Servers.started().scratch(), "staging");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
