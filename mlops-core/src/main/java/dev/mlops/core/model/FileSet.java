package dev.mlops.core.model;

import java.io.IOException;
import java.util.List;

/** The files that an import source holds, open for reading from several threads. */
interface FileSet extends AutoCloseable {
    /** The files with their checked paths; at least one. */
    List<NamedContent> files();

    @Override
    default void close() throws IOException {}
}
