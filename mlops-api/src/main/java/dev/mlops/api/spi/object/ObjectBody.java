package dev.mlops.api.spi.object;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bytes that can be read again from the start, so that a failed upload can be retried. */
public interface ObjectBody {
    /** The number of bytes that each stream gives. */
    long length();

    /** Opens a new stream from the first byte; the one who opens it closes it. */
    InputStream open() throws IOException;

    /** The bytes of an array, which must not be changed afterwards. */
    static ObjectBody of(byte[] bytes) {
        return new ObjectBody() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /** The bytes of a file, whose size is read now. */
    static ObjectBody of(Path file) throws IOException {
        long length = Files.size(file);
        return new ObjectBody() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }
        };
    }
}
