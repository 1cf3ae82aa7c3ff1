package dev.mlops.core.dataset;

import dev.mlops.core.content.ContentSource;
import dev.mlops.core.source.SourceFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A file that tells how far it is read.
 *
 * @param file the file
 * @param watcher is told of the position after each piece and may throw to end the reading
 */
record WatchedFile(SourceFile file, Watcher watcher) implements ContentSource {
    /** Is told of the reading. */
    interface Watcher {
        void reached(long position);
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public long sizeHint() {
        return file.sizeHint();
    }

    @Override
    public InputStream open() throws IOException {
        return new FilterInputStream(file.open()) {
            private long position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = in.read(bytes, offset, length);
                position += Math.max(0, n);
                watcher.reached(position);
                return n;
            }
        };
    }
}
