package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Principal;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.core.MlopsSdk;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.jdbc.SqliteMetadataStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opens everything under one directory, with nothing to install: metadata in SQLite ({@code mlops.db}), bytes in files
 * ({@code objects/}), bytes on their way in {@code cache/}. Several processes may open one directory at once.
 */
public final class EmbeddedMlops {
    private EmbeddedMlops() {}

    /**
     * Opens a directory, which is made if there is none, as its {@linkplain Principal#localOwner() local owner}, who may
     * do everything; {@link Mlops#as} gives views of others. The database is brought to the schema of this version.
     *
     * @throws InvalidInputException if {@code directory} is a file
     * @throws UnavailableException if the directory cannot be written, or its database is newer than this version
     * @throws IntegrityException if the database is damaged
     */
    public static Mlops open(Path directory) {
        Path home = directory.toAbsolutePath().normalize();
        Path cache = home.resolve("cache");
        create(home, cache);
        SqliteMetadataStore metadata = SqliteMetadataStore.open(home.resolve("mlops.db"));
        try {
            FileObjectStore objects = FileObjectStore.open(home.resolve("objects"));
            return MlopsSdk.builder()
                    .metadata(metadata)
                    .objects(objects)
                    .cache(cache)
                    .closeAlso(metadata)
                    .closeAlso(objects)
                    .build();
        } catch (RuntimeException e) {
            metadata.close();
            throw e;
        }
    }

    private static void create(Path home, Path cache) {
        if (Files.exists(home) && !Files.isDirectory(home)) {
            throw new InvalidInputException("directory", home, "is a file; give a directory");
        }
        try {
            Files.createDirectories(cache);
        } catch (IOException e) {
            throw new UnavailableException("%s cannot be made or written: %s".formatted(home, e), e);
        }
    }
}
