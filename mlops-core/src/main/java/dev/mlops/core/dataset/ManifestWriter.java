package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.core.file.PathOrder;
import java.io.IOException;
import java.io.OutputStream;

/** Writes a manifest line by line; keeps one path in memory. Confined to one thread. */
final class ManifestWriter {
    private final OutputStream out;
    private String last = "";

    /** Begins a manifest; its files are to be written next, as many as the header says. */
    ManifestWriter(OutputStream out, ManifestHeader header) throws IOException {
        this.out = out;
        ManifestFormat.write(header, out);
    }

    /** Adds a file, whose path must come after the one before. */
    void write(FileEntry entry) throws IOException {
        if (PathOrder.BY_CODE_POINT.compare(last, entry.path()) >= 0) {
            throw new IllegalArgumentException("'%s' does not come after '%s'".formatted(entry.path(), last));
        }
        last = entry.path();
        ManifestFormat.write(entry, out);
    }
}
