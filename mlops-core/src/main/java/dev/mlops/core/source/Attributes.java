package dev.mlops.core.source;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What something in a directory is; read with one call to the operating system, links not followed.
 *
 * @param type what it is
 * @param stamp its size, times and number
 */
record Attributes(Type type, FileStamp stamp) {
    private static final String UNIX = "unix:mode,size,lastModifiedTime,ctime,ino";
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;
    private static final int SYMBOLIC_LINK = 0120000;

    enum Type {
        FILE,
        FOLDER,
        LINK,
        OTHER
    }

    /** Reads attributes in the way that a file system offers. */
    interface Reader {
        Attributes read(Path path) throws IOException;
    }

    static Reader reader(FileSystem files) {
        return files.supportedFileAttributeViews().contains("unix") ? Attributes::unix : Attributes::basic;
    }

    static Attributes read(Path path) throws IOException {
        return reader(path.getFileSystem()).read(path);
    }

    private static Attributes unix(Path path) throws IOException {
        Map<String, Object> found = Files.readAttributes(path, UNIX, LinkOption.NOFOLLOW_LINKS);
        return new Attributes(
                type((Integer) requireNonNull(found.get("mode"))),
                new FileStamp(
                        (Long) requireNonNull(found.get("size")),
                        nanos((FileTime) requireNonNull(found.get("lastModifiedTime"))),
                        nanos((FileTime) requireNonNull(found.get("ctime"))),
                        (Long) requireNonNull(found.get("ino"))));
    }

    private static Type type(int mode) {
        return switch (mode & TYPE) {
            case REGULAR -> Type.FILE;
            case DIRECTORY -> Type.FOLDER;
            case SYMBOLIC_LINK -> Type.LINK;
            default -> Type.OTHER;
        };
    }

    private static Attributes basic(Path path) throws IOException {
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return new Attributes(
                type(found),
                new FileStamp(found.size(), nanos(found.lastModifiedTime()), nanos(found.creationTime()), 0));
    }

    private static Type type(BasicFileAttributes found) {
        if (found.isSymbolicLink()) {
            return Type.LINK;
        }
        if (found.isDirectory()) {
            return Type.FOLDER;
        }
        return found.isRegularFile() ? Type.FILE : Type.OTHER;
    }

    private static long nanos(FileTime time) {
        return time.to(TimeUnit.NANOSECONDS);
    }
}
