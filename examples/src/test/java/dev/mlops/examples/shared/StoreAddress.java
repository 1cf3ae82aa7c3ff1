package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.MlopsSdk;
import dev.mlops.jdbc.PostgresMetadataStore;
import dev.mlops.jdbc.SchemaMode;
import dev.mlops.s3.S3ObjectStore;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where a store of its own on PostgreSQL and S3 is, so that other processes can open it too. */
record StoreAddress(String database, String endpoint, String bucket, Path cache) {
    private static final int ARGS = 4;

    static StoreAddress create(Path cache) {
        Servers servers = Servers.started();
        return new StoreAddress(servers.newDatabase(), servers.s3Endpoint().toString(), servers.newBucket(), cache);
    }

    /** In the process of a {@link #command}. */
    static StoreAddress of(String[] args) {
        return new StoreAddress(args[0], args[1], args[2], Path.of(args[3]));
    }

    /** What follows the address. */
    static String[] rest(String[] args) {
        return List.of(args).subList(ARGS, args.length).toArray(String[]::new);
    }

    /** Runs the main method of a class on the class path of this JVM, with this address and more arguments. */
    List<String> command(Class<?> program, List<String> options, List<String> args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(database, endpoint, bucket, cache.toString()));
        command.addAll(args);
        return command;
    }

    Mlops open() {
        MetadataStore metadata = PostgresMetadataStore.connect(database, "postgres", "postgres", SchemaMode.MIGRATE);
        ObjectStore objects = openObjects();
        return MlopsSdk.builder()
                .metadata(metadata)
                .objects(objects)
                .cache(cache)
                .closeAlso(metadata)
                .closeAlso(objects)
                .build();
    }

    ObjectStore openObjects() {
        return S3ObjectStore.builder()
                .endpoint(URI.create(endpoint))
                .pathStyle()
                .bucket(bucket)
                .credentials(Servers.ACCESS_KEY, Servers.SECRET_KEY)
                .open();
    }
}
