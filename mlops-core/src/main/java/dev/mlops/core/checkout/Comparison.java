package dev.mlops.core.checkout;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;

/** Compares files that are there with those that should be. */
final class Comparison {
    private static final int BUFFER = 64 * 1024;

    private final Trust trust;
    private final boolean keepsTimes;
    private final Cancellation cancellation;

    /** What was found without reading a file. */
    enum Finding {
        RIGHT,
        /** Has the right size. */
        PERHAPS_RIGHT,
        WRONG_OR_MISSING
    }

    Comparison(Trust trust, boolean keepsTimes, Cancellation cancellation) {
        this.trust = trust;
        this.keepsTimes = keepsTimes;
        this.cancellation = cancellation;
    }

    /** Looks at a file; confined to one thread, in the order of paths. */
    Finding look(FileEntry entry, Path file) {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (found.isDirectory()) {
                throw new InvalidInputException("file", file, "is there as a folder; remove it first");
            }
            if (!found.isRegularFile() || found.size() != entry.size()) {
                return Finding.WRONG_OR_MISSING;
            }
            return trust.isRight(entry, file, found.lastModifiedTime().toInstant())
                    ? Finding.RIGHT
                    : Finding.PERHAPS_RIGHT;
        } catch (NoSuchFileException e) {
            return Finding.WRONG_OR_MISSING;
        } catch (IOException e) {
            throw ReadFailures.of("cannot look at file " + file, e);
        }
    }

    /** Reads a file that has the right size; gives it its time if it is right. Thread-safe. */
    boolean isRight(FileEntry entry, Path file) {
        try {
            if (!digest(file).equals(entry.sha256())) {
                return false;
            }
            setTime(entry, file);
            return true;
        } catch (IOException e) {
            throw ReadFailures.of("cannot compare file " + file, e);
        }
    }

    private Sha256 digest(Path file) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                cancellation.check("comparing file " + file);
                digest.update(buffer, 0, n);
            }
        }
        return Sha256.ofDigest(digest.digest());
    }

    private void setTime(FileEntry entry, Path file) throws IOException {
        if (!keepsTimes || entry.modifiedAt() == null) {
            return;
        }
        BasicFileAttributeView view =
                Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (!Trust.isRecorded(entry, view.readAttributes().lastModifiedTime().toInstant()) && !isShared(file)) {
            view.setTimes(FileTime.from(entry.modifiedAt()), null, null);
        }
    }

    /** A hard link to the cache, perhaps, whose time is not ours to set. */
    private static boolean isShared(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                && (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1;
    }
}
