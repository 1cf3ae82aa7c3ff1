package dev.mlops.core.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ImportSource;
import dev.mlops.core.content.ContentSource;
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
            return new DirectoryFiles(local.directory(), limits);
        }
        if (source instanceof ImportSource.Zip zip) {
            return ZipFiles.open(zip.zip(), limits);
        }
        if (source instanceof ImportSource.Objects objects) {
            return new ObjectFiles(objects.store(), objects.prefix(), limits);
        }
        throw new IllegalArgumentException("no files to open in " + source);
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
