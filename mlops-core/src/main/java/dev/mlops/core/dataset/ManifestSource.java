package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.core.content.ContentSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;

/** A manifest on its way into the content store, made line by line as it is read. Immutable. */
final class ManifestSource implements ContentSource {
    private final List<FileEntry> entries;
    private final ManifestHeader header;

    /** The manifest of files that are sorted by path. */
    ManifestSource(List<FileEntry> entries) {
        this.entries = entries;
        this.header = ManifestHeader.of(entries);
    }

    ManifestHeader header() {
        return header;
    }

    @Override
    public String name() {
        return "manifest of " + header.files() + " files";
    }

    @Override
    public InputStream open() throws IOException {
        return new Lines(entries.iterator(), header);
    }

    @Override
    public long sizeHint() {
        return -1;
    }

    @Override
    public boolean isCheapToReopen() {
        return true;
    }

    private static final class Lines extends InputStream {
        private static final int PIECE = 64 * 1024;

        private final Iterator<FileEntry> entries;
        private final ByteArrayOutputStream piece = new ByteArrayOutputStream(PIECE + ManifestFormat.MAX_LINE);
        private final ManifestWriter writer;
        private byte[] bytes = {};
        private int position;

        Lines(Iterator<FileEntry> entries, ManifestHeader header) throws IOException {
            this.entries = entries;
            this.writer = new ManifestWriter(piece, header);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (position == bytes.length && !fill()) {
                return -1;
            }
            int n = Math.min(length, bytes.length - position);
            System.arraycopy(bytes, position, target, offset, n);
            position += n;
            return n;
        }

        private boolean fill() throws IOException {
            while (piece.size() < PIECE && entries.hasNext()) {
                writer.write(entries.next());
            }
            bytes = piece.toByteArray();
            position = 0;
            piece.reset();
            return bytes.length > 0;
        }
    }
}
