package dev.mlops.core.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.file.DirectoryWalk;
import dev.mlops.core.file.TypedSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The regular files below a directory. Links are refused, not followed. */
final class DirectoryFiles implements FileSet {
    private static final String FIELD = "directory";

    private final List<NamedContent> files = new ArrayList<>();

    DirectoryFiles(Path directory, ImportLimits limits) {
        FilePaths paths = new FilePaths("file in directory " + directory, limits.files());
        DirectoryWalk walk = new DirectoryWalk(FIELD, directory, "");
        while (walk.hasNext()) {
            TypedSource file = walk.next();
            files.add(new NamedContent(paths.add(file.name()), file));
        }
        if (files.isEmpty()) {
            throw new InvalidInputException(FIELD, directory, "holds no files");
        }
    }

    @Override
    public List<NamedContent> files() {
        return files;
    }
}
