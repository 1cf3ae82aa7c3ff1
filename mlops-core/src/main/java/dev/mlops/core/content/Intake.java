package dev.mlops.core.content;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.spi.object.ObjectBody;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * A source after its first reading: what its bytes are, and a body to store them from that gives these bytes or fails.
 * At most one block of it is in memory.
 */
final class Intake implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final ContentSource source;
    private final Checkpoint checkpoint;
    private final Fingerprint fingerprint;
    private final ObjectBody bytes;

    private Intake(ContentSource source, Checkpoint checkpoint, Fingerprint fingerprint, ObjectBody bytes) {
        this.source = source;
        this.checkpoint = checkpoint;
        this.fingerprint = fingerprint;
        this.bytes = bytes;
    }

    static Intake of(ContentSource source, Path staging, Checkpoint checkpoint) {
        try (InputStream in = source.open()) {
            checkpoint.pass(0);
            byte[] start = in.readNBytes(Blocks.BLOCK + 1);
            if (start.length <= Blocks.BLOCK) {
                return new Intake(source, checkpoint, Fingerprint.ofSmall(start), ObjectBody.of(start));
            }
            return source.isCheapToReopen()
                    ? reopening(source, checkpoint, start, in)
                    : staging(source, checkpoint, start, in, staging);
        } catch (IOException e) {
            throw ContentFailures.of("cannot read content '" + source.name() + "'", e);
        }
    }

    private static Intake reopening(ContentSource source, Checkpoint checkpoint, byte[] start, InputStream in)
            throws IOException {
        Fingerprint fingerprint = hash(start, in, (bytes, count) -> checkpoint.pass(0));
        return new Intake(source, checkpoint, fingerprint, new SourceBody(source, fingerprint.size()));
    }

    private static Intake staging(
            ContentSource source, Checkpoint checkpoint, byte[] start, InputStream in, Path folder) throws IOException {
        StagedFile file = createStaged(source, folder);
        try {
            Fingerprint fingerprint = hash(start, in, (bytes, count) -> {
                checkpoint.pass(0);
                append(file, bytes, count, source, folder);
            });
            return new Intake(source, checkpoint, fingerprint, file);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static StagedFile createStaged(ContentSource source, Path folder) {
        try {
            return StagedFile.createIn(folder);
        } catch (IOException e) {
            throw ContentFailures.of(staging(source, folder), e);
        }
    }

    private static void append(StagedFile file, byte[] bytes, int count, ContentSource source, Path folder) {
        try {
            file.append(bytes, count);
        } catch (IOException e) {
            throw ContentFailures.of(staging(source, folder), e);
        }
    }

    private static String staging(ContentSource source, Path folder) {
        return "cannot stage content '%s' in %s".formatted(source.name(), folder);
    }

    private interface Piece {
        void take(byte[] bytes, int count);
    }

    private static Fingerprint hash(byte[] start, InputStream rest, Piece piece) throws IOException {
        Fingerprint.Hasher hasher = new Fingerprint.Hasher();
        hasher.update(start, 0, start.length);
        piece.take(start, start.length);
        byte[] buffer = new byte[BUFFER];
        for (int n = rest.read(buffer); n >= 0; n = rest.read(buffer)) {
            hasher.update(buffer, 0, n);
            piece.take(buffer, n);
        }
        return hasher.finish();
    }

    Fingerprint fingerprint() {
        return fingerprint;
    }

    /** Gives the bytes of the fingerprint; a stream of it fails before its last bytes if it would give others. */
    ObjectBody body() {
        return new ObjectBody() {
            @Override
            public long length() {
                return fingerprint.size();
            }

            @Override
            public InputStream open() throws IOException {
                return watched(new VerifiedInputStream(
                        bytes.open(), fingerprint.digest(), fingerprint.size(), Intake.this::changed));
            }
        };
    }

    private IOException changed(String found) {
        throw new ConflictException(
                "content '%s' changed while it was stored: first it was %d bytes with SHA-256 %s, then %s"
                        .formatted(source.name(), fingerprint.size(), fingerprint.digest(), found));
    }

    private InputStream watched(InputStream in) {
        return new FilterInputStream(in) {
            private long position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = super.read(bytes, offset, length);
                position += Math.max(n, 0);
                checkpoint.pass(position);
                return n;
            }
        };
    }

    @Override
    public void close() {
        if (bytes instanceof StagedFile file) {
            try {
                file.close();
            } catch (IOException e) {
                throw ContentFailures.of("cannot delete the staged copy of '" + source.name() + "'", e);
            }
        }
    }

    private record SourceBody(ContentSource source, long length) implements ObjectBody {
        @Override
        public InputStream open() throws IOException {
            return source.open();
        }
    }
}
