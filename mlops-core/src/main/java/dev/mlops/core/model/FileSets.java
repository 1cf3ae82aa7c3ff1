package dev.mlops.core.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.source.ArchiveOptions;
import dev.mlops.core.source.DirectoryWalk;
import dev.mlops.core.source.ObjectFiles;
import dev.mlops.core.source.PathFilter;
import dev.mlops.core.source.WalkOptions;
import dev.mlops.core.source.ZipFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Opens the sources whose bytes are not in the content store yet. */
final class FileSets {
    private FileSets() {}

    /** Opens a source; {@link ImportSource.RunArtifact} has no files to open. */
    static FileSet open(ImportSource source, ImportLimits limits) throws IOException {
        if (source instanceof ImportSource.LocalFile local) {
            return file(local.file());
        }
        if (source instanceof ImportSource.LocalDirectory local) {
            return directory(local.directory(), limits);
        }
        if (source instanceof ImportSource.Zip zip) {
            return FoundFiles.in(
                    ZipFiles.open(zip.zip(), ArchiveOptions.filesOnly(limits.archive())),
                    "zip entry",
                    "zip",
                    zip.zip(),
                    limits);
        }
        if (source instanceof ImportSource.Objects objects) {
            return objects(objects.store(), objects.prefix(), limits);
        }
        throw new IllegalArgumentException("no files to open in " + source);
    }

    private static FileSet directory(Path directory, ImportLimits limits) throws IOException {
        DirectoryWalk walk = new DirectoryWalk("directory", directory, WalkOptions.filesOnly(""));
        return FoundFiles.in(walk, "file in directory " + directory, "directory", directory, limits);
    }

    private static FileSet objects(ObjectStore store, String prefix, ImportLimits limits) throws IOException {
        ObjectFiles found = new ObjectFiles(store, prefix, PathFilter.ALL);
        return FoundFiles.in(found, "object in " + store.describe(), "object prefix", prefix, limits);
    }

    private static FileSet file(Path file) throws IOException {
        Path name = file.getFileName();
        if (name == null || !Files.isRegularFile(file)) {
            throw new InvalidInputException("model file", file, "does not exist or is no regular file");
        }
        String path = new FilePaths("model file", 1).add(name.toString());
        List<NamedContent> one = List.of(new NamedContent(path, ContentSource.of(file)));
        return () -> one;
    }

    /** A source in words, as {@link dev.mlops.api.model.ModelVersion#source()} shows it. */
    static String describe(ImportSource source) {
        if (source instanceof ImportSource.RunArtifact artifact) {
            return artifact.path().isEmpty()
                    ? "artifacts of run:" + artifact.runId()
                    : "artifact " + artifact.path() + " of run:" + artifact.runId();
        }
        if (source instanceof ImportSource.LocalFile local) {
            return "file " + local.file();
        }
        if (source instanceof ImportSource.LocalDirectory local) {
            return "directory " + local.directory();
        }
        if (source instanceof ImportSource.Zip zip) {
            return "zip " + zip.zip();
        }
        if (source instanceof ImportSource.Objects objects) {
            return "objects '" + objects.prefix() + "' of " + objects.store().describe();
        }
        throw new IllegalArgumentException("unknown source " + source);
    }
}
