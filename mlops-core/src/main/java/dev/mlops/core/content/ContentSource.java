package dev.mlops.core.content;

import dev.mlops.api.spi.object.ObjectBody;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Bytes to be stored, with a name for messages. Subtypes carry what their maker needs back in the sink. */
public interface ContentSource {
    /** What it is, for messages, such as the path of the file. */
    String name();

    /**
     * Opens the bytes from the start; each stream is closed by the store. Called once for each put.
     *
     * @throws IOException if they cannot be opened; the call that stores them then fails
     */
    InputStream open() throws IOException;

    /** The size in bytes if it is known beforehand, else -1; only for progress. */
    long sizeHint();

    /** A file on disk. */
    static ContentSource of(Path file) throws IOException {
        return of(file.toString(), ObjectBody.of(file));
    }

    /** A body with a name; being a body, it can be read again from the start. */
    static ContentSource of(String name, ObjectBody body) {
        return new ContentSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public InputStream open() throws IOException {
                return body.open();
            }

            @Override
            public long sizeHint() {
                return body.length();
            }
        };
    }

    /** A stream, which is read to its end once and not closed. */
    static ContentSource once(String name, InputStream in) {
        return new ContentSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public InputStream open() {
                return new FilterInputStream(in) {
                    @Override
                    public void close() {}
                };
            }

            @Override
            public long sizeHint() {
                return -1;
            }
        };
    }
}
