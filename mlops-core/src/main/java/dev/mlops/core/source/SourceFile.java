package dev.mlops.core.source;

import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.media.FileInspector;
import dev.mlops.core.media.Inspection;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into the content store that tells what is inside once it was read: it is looked into as its bytes go
 * by, so that nothing is read twice for it. Thread-safe as far as what it reads from is.
 */
public final class SourceFile implements ContentSource {
    private static final String LINK_TYPE = "inode/symlink";
    private static final String FOLDER_TYPE = "inode/directory";

    private final String path;
    private final FileKind kind;
    private final Opener opener;
    private final long sizeHint;
    private final Reading reading;
    private final @Nullable Instant modifiedAt;
    private final @Nullable Path file;
    private final @Nullable FileStamp stamp;
    private @Nullable Inspected inspected;
    private @Nullable Inspection inspection;

    /** When and how often a file can be read. */
    public enum Reading {
        /** At any time, and again at little cost. */
        AGAIN,
        /** At any time, once. */
        ONCE,
        /** Once, and only before the next file is asked for: both come out of one stream. */
        BEFORE_NEXT
    }

    /** Opens the bytes. */
    interface Opener {
        InputStream open() throws IOException;
    }

    private SourceFile(
            String path,
            FileKind kind,
            Opener opener,
            long sizeHint,
            Reading reading,
            @Nullable Instant modifiedAt,
            @Nullable Path file,
            @Nullable FileStamp stamp) {
        this.path = path;
        this.kind = kind;
        this.opener = opener;
        this.sizeHint = sizeHint;
        this.reading = reading;
        this.modifiedAt = modifiedAt;
        this.file = file;
        this.stamp = stamp;
    }

    /** A file on disk with what is known of it; a symbolic link is not followed. */
    public static SourceFile ofFile(String path, Path file, FileStamp stamp) {
        return new SourceFile(
                path,
                FileKind.FILE,
                () -> openFile(file),
                stamp.size(),
                Reading.AGAIN,
                stamp.modifiedAt(),
                file,
                stamp);
    }

    /** A file on disk; a symbolic link is not followed. */
    public static SourceFile ofFile(String path, Path file) throws IOException {
        return ofFile(path, file, Attributes.read(file).stamp());
    }

    /** A body. */
    public static SourceFile ofBody(String path, ObjectBody body) {
        return new SourceFile(path, FileKind.FILE, body::open, body.length(), Reading.AGAIN, null, null, null);
    }

    /** A stream, which is read to its end once and not closed. */
    public static SourceFile ofStream(String path, InputStream in) {
        return new SourceFile(path, FileKind.FILE, () -> unclosed(in), -1, Reading.ONCE, null, null, null);
    }

    static SourceFile of(String path, Opener opener, long sizeHint, Reading reading, @Nullable Instant modifiedAt) {
        return new SourceFile(path, FileKind.FILE, opener, sizeHint, reading, modifiedAt, null, null);
    }

    static SourceFile ofBytes(String path, byte[] bytes, @Nullable Instant modifiedAt) {
        return of(path, () -> new ByteArrayInputStream(bytes), bytes.length, Reading.AGAIN, modifiedAt);
    }

    static SourceFile ofLink(String path, String target, @Nullable Instant modifiedAt) {
        byte[] bytes = target.getBytes(StandardCharsets.UTF_8);
        return bytes(path, FileKind.LINK, bytes, modifiedAt);
    }

    static SourceFile ofFolder(String path, @Nullable Instant modifiedAt) {
        return bytes(path, FileKind.FOLDER, new byte[0], modifiedAt);
    }

    private static SourceFile bytes(String path, FileKind kind, byte[] bytes, @Nullable Instant modifiedAt) {
        return new SourceFile(
                path, kind, () -> new ByteArrayInputStream(bytes), bytes.length, Reading.AGAIN, modifiedAt, null, null);
    }

    private static InputStream openFile(Path file) throws IOException {
        try {
            return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw vanished(file, e);
        }
    }

    private static ConflictException vanished(Path file, IOException e) {
        return new ConflictException(
                "file %s vanished while its directory was read; try again when nobody changes it".formatted(file), e);
    }

    private static InputStream unclosed(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public void close() {}
        };
    }

    /** Where the file goes, with {@code /}. */
    public String path() {
        return path;
    }

    /** The path. */
    @Override
    public String name() {
        return path;
    }

    /** What it is. */
    public FileKind kind() {
        return kind;
    }

    /** When it was last modified, to the millisecond, if its source says so. */
    public Optional<Instant> modifiedAt() {
        return Optional.ofNullable(modifiedAt);
    }

    /** What the file system said of it when it was found; empty if it is no regular file on disk. */
    public Optional<FileStamp> stamp() {
        return Optional.ofNullable(stamp);
    }

    /** When and how often it can be read. */
    public Reading reading() {
        return reading;
    }

    /**
     * To be asked after it was read: the file as it is now, if it has changed since it was found; what was read may then
     * be partly old and partly new. Always empty for what does not lie on disk.
     *
     * @throws ConflictException if it has vanished, or a folder on the way to it has become a link, so that what was read
     *     may be another file
     */
    public Optional<SourceFile> changed() {
        if (file == null || stamp == null) {
            return Optional.empty();
        }
        try {
            FileStamp now = Attributes.read(file).stamp();
            if (now.equals(stamp)) {
                return Optional.empty();
            }
            checkFolders(file);
            return Optional.of(ofFile(path, file, now));
        } catch (NoSuchFileException e) {
            throw vanished(file, e);
        } catch (IOException e) {
            throw new UnavailableException("cannot read %s: %s".formatted(file, e), e);
        }
    }

    /**
     * Opening follows links in all components but the last. Those that end the path too lie below the root of a walk; up
     * to there links are allowed. What lies behind one has not the stamp of what was found, so that it is enough to look
     * when that differs.
     */
    private void checkFolders(Path found) {
        Path target = found.getFileSystem().getPath(path);
        Path folder = found.getParent();
        for (int i = target.getNameCount() - 2; i >= 0 && folder != null; i--) {
            if (!target.getName(i).equals(folder.getFileName())) {
                return;
            }
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new ConflictException(
                        "folder %s became a link, or vanished, while file %s in it was read; try again when nobody changes it"
                                .formatted(folder, found));
            }
            folder = folder.getParent();
        }
    }

    @Override
    public InputStream open() throws IOException {
        InputStream in = opener.open();
        synchronized (this) {
            if (inspected != null || inspection != null || kind != FileKind.FILE) {
                return in;
            }
            inspected = new Inspected(in);
            return inspected;
        }
    }

    @Override
    public long sizeHint() {
        return sizeHint;
    }

    /** What is inside; to be asked after the source was read. */
    public synchronized Inspection inspection() {
        if (inspection == null) {
            inspection = switch (kind) {
                case FILE -> inspected == null ? FileInspector.of(path).finish() : inspected.inspector.finish();
                case FOLDER -> new Inspection(FOLDER_TYPE, MediaFacts.NONE, List.of(), 0);
                case LINK -> new Inspection(LINK_TYPE, MediaFacts.NONE, List.of(), 0);
            };
            inspected = null;
        }
        return inspection;
    }

    /** The media type; to be asked after the source was read. */
    public String mediaType() {
        return inspection().mediaType();
    }

    @Override
    public String toString() {
        return "%s %s".formatted(kind, path);
    }

    /** Looks at the bytes that go by; tells what it saw when it is closed, on the thread that reads. */
    private final class Inspected extends FilterInputStream {
        private final FileInspector inspector = FileInspector.of(path);

        Inspected(InputStream in) {
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
            if (n > 0) {
                inspector.update(bytes, offset, n);
            }
            return n;
        }

        @Override
        public void close() throws IOException {
            inspection();
            in.close();
        }
    }
}
