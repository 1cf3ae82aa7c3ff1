package dev.mlops.edge.docker;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A tar archive (POSIX.1-2001) that is read as it is made: an HTTP client pulls it, so there is no second thread, no
 * temporary file and no more memory than a buffer. Headers come from commons-compress.
 */
final class ModelTar {
    private static final int BLOCK = 512;
    private static final int READABLE_BY_ALL = 0100444;

    private ModelTar() {}

    /** The files of a model, readable by all and owned by root. */
    static InputStream of(ModelArtifact artifact) {
        return archive(artifact.files().stream()
                .map(file -> new Part(entry(file.path(), file.body().length()), () -> body(file))));
    }

    /** One small file. */
    static InputStream of(String path, byte[] bytes) {
        return archive(Stream.of(new Part(entry(path, bytes.length), () -> new ByteArrayInputStream(bytes))));
    }

    /** An archive of any parts, opened one after another. */
    static InputStream archive(Stream<Part> parts) {
        Stream<Opener> bytes = parts.flatMap(part -> Stream.of(
                () -> new ByteArrayInputStream(header(part.entry())),
                part.body(),
                () -> zeros(padding(part.entry().getSize()))));
        return new LazyConcatenation(
                Stream.concat(bytes, Stream.of(() -> zeros(2 * BLOCK))).iterator());
    }

    private static TarArchiveEntry entry(String path, long size) {
        TarArchiveEntry entry = new TarArchiveEntry(path);
        entry.setSize(size);
        entry.setMode(READABLE_BY_ALL);
        entry.setIds(0, 0);
        entry.setModTime(0L);
        return entry;
    }

    private static InputStream body(ModelArtifact.File file) throws IOException {
        return new ExactStream(file.body().open(), file.body().length(), file.path());
    }

    private static byte[] header(TarArchiveEntry entry) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        try {
            // Not closed: closing would complain that the entry's bytes did not come through here.
            TarArchiveOutputStream tar = new TarArchiveOutputStream(header, StandardCharsets.UTF_8.name());
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            tar.putArchiveEntry(entry);
            return header.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int padding(long size) {
        return (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    private static InputStream zeros(int count) {
        return new ByteArrayInputStream(new byte[count]);
    }

    /** An entry and its bytes; as many as the entry's size says. */
    record Part(TarArchiveEntry entry, Opener body) {}

    /** Opens a stream when its turn comes. */
    @FunctionalInterface
    interface Opener {
        /** Opens the stream; the archive closes it. */
        InputStream open() throws IOException;
    }

    /** Refuses a body that is shorter or longer than it said: the archive around it would be garbage. */
    private static final class ExactStream extends FilterInputStream {
        private final String path;
        private long left;

        ExactStream(InputStream in, long length, String path) {
            super(in);
            this.left = length;
            this.path = path;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = readOrSayWhich(bytes, offset, length);
            left -= Math.max(count, 0);
            if (left < 0 || (count < 0 && left > 0)) {
                throw new IntegrityException("model file '%s' is %s than the length that it was announced with"
                        .formatted(path, left < 0 ? "longer" : "shorter"));
            }
            return count;
        }

        /** The failure of the file, not to be mistaken for one of the engine. */
        private int readOrSayWhich(byte[] bytes, int offset, int length) {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                throw new UnavailableException(
                        "model file '%s' could not be read: %s".formatted(path, e.getMessage()), e);
            }
        }
    }
}
