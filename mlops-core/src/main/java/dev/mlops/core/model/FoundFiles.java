package dev.mlops.core.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.source.SourceFile;
import dev.mlops.core.source.SourceFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All files of a directory, a zip or an object prefix. */
final class FoundFiles implements FileSet {
    private final SourceFiles source;
    private final List<NamedContent> files = new ArrayList<>();

    private FoundFiles(SourceFiles source) {
        this.source = source;
    }

    /**
     * Finds all files.
     *
     * @param source the files, closed with this
     * @param field what each is, for messages, such as {@code zip entry}
     * @param what what they are in, such as {@code zip}
     * @param where its name
     */
    static FoundFiles in(SourceFiles source, String field, String what, Object where, ImportLimits limits)
            throws IOException {
        FoundFiles found = new FoundFiles(source);
        try {
            found.find(new FilePaths(field, limits.files()));
            if (found.files.isEmpty()) {
                throw new InvalidInputException(what, where, "holds no files");
            }
            return found;
        } catch (RuntimeException | Error e) {
            found.close();
            throw e;
        }
    }

    private void find(FilePaths paths) {
        while (source.hasNext()) {
            SourceFile file = source.next();
            files.add(new NamedContent(paths.add(file.path()), file));
        }
    }

    @Override
    public List<NamedContent> files() {
        return files;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
