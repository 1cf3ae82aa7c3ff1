package dev.mlops.core.file;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.media.MediaTypes;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into the content store that tells its media type once it was read: the first bytes are noted as they
 * go by, so that nothing is read twice for it. Thread-safe as far as what it reads from is.
 */
public final class TypedSource implements ContentSource {
    private final String path;
    private final Opener opener;
    private final long sizeHint;
    private final Reopening reopening;
    private @Nullable Head head;
    private @Nullable String mediaType;

    private enum Reopening {
        CHEAP,
        IMPOSSIBLE
    }

    private interface Opener {
        InputStream open() throws IOException;
    }

    private TypedSource(String path, Opener opener, long sizeHint, Reopening reopening) {
        this.path = path;
        this.opener = opener;
        this.sizeHint = sizeHint;
        this.reopening = reopening;
    }

    /** A file on disk; a symbolic link is not followed. */
    public static TypedSource ofFile(String path, Path file, long size) {
        return new TypedSource(path, () -> openFile(file), size, Reopening.CHEAP);
    }

    /** A body. */
    public static TypedSource ofBody(String path, ObjectBody body) {
        return new TypedSource(path, body::open, body.length(), Reopening.CHEAP);
    }

    /** A stream, which is read to its end once and not closed. */
    public static TypedSource ofStream(String path, InputStream in) {
        return new TypedSource(path, () -> unclosed(in), -1, Reopening.IMPOSSIBLE);
    }

    private static InputStream openFile(Path file) throws IOException {
        try {
            return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw new ConflictException(
                    "file %s vanished while its directory was read; try again when nobody changes it".formatted(file),
                    e);
        }
    }

    private static InputStream unclosed(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public void close() {}
        };
    }

    /** Where the file goes, with {@code /}. */
    @Override
    public String name() {
        return path;
    }

    @Override
    public InputStream open() throws IOException {
        InputStream in = opener.open();
        synchronized (this) {
            if (head != null) {
                return in;
            }
            head = new Head(in);
            return head;
        }
    }

    @Override
    public long sizeHint() {
        return sizeHint;
    }

    @Override
    public boolean isCheapToReopen() {
        return reopening == Reopening.CHEAP;
    }

    /** The media type; to be asked after the source was read. */
    public synchronized String mediaType() {
        if (mediaType == null) {
            mediaType = MediaTypes.of(path, head == null ? new byte[0] : head.bytes());
        }
        return mediaType;
    }

    /** Notes the first bytes that go by; tells the type when it is closed, on the thread that reads. */
    private final class Head extends FilterInputStream {
        private byte[] first = new byte[512];
        private int length;

        Head(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            int n = in.read(bytes, offset, count);
            note(bytes, offset, Math.min(n, MediaTypes.HEAD - length));
            return n;
        }

        @Override
        public void close() throws IOException {
            mediaType();
            in.close();
        }

        private void note(byte[] bytes, int offset, int count) {
            if (count > 0) {
                if (length + count > first.length) {
                    first = Arrays.copyOf(first, Math.max(length + count, 2 * first.length));
                }
                System.arraycopy(bytes, offset, first, length, count);
                length += count;
            }
        }

        byte[] bytes() {
            return Arrays.copyOf(first, length);
        }
    }
}
