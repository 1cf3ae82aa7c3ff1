package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.file.FileProgress;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * Writes files of a version below a directory. Nothing is written through a symbolic link that lies there: a link in the
 * place of a file is replaced, one in the place of a folder is refused. For one call.
 */
final class Materialiser {
    private static final int BUFFER = 64 * 1024;

    private final ContentStore content;
    private final DatasetVersion version;
    private final Path target;
    private final FileProgress progress;
    private Path lastFolder;

    Materialiser(ContentStore content, DatasetVersion version, Path target, FileProgress progress) {
        this.content = content;
        this.version = version;
        this.target = target;
        this.progress = progress;
        this.lastFolder = target;
    }

    void write(StoredManifest manifest, FileFilter filter) {
        createTarget();
        ManifestCursor cursor = manifest.from(filter.prefix());
        while (cursor.advance() && !filter.isPast(cursor.entry())) {
            progress.check();
            if (filter.matches(cursor.entry())) {
                progress.done(cursor.entry().size(), write(cursor.entry()));
            }
        }
        progress.finish();
    }

    private void createTarget() {
        try {
            Files.createDirectories(target);
        } catch (FileAlreadyExistsException e) {
            throw new InvalidInputException("directory", target, "is there but is no directory", e);
        } catch (IOException e) {
            throw ReadFailures.of("cannot make directory " + target, e);
        }
    }

    /** Gives the number of bytes that had to be written. */
    private long write(FileEntry entry) {
        Path file = resolve(entry.path());
        try {
            makeFolder(file.resolveSibling(""));
            if (isRight(file, entry)) {
                return 0;
            }
            refuseFolder(file);
        } catch (IOException e) {
            throw ReadFailures.of("cannot write file " + file, e);
        }
        copy(entry, file);
        return entry.size();
    }

    private void copy(FileEntry entry, Path file) {
        try {
            content.copyTo(entry.sha256(), file, progress.cancellation());
        } catch (IntegrityException | NotFoundException e) {
            throw new IntegrityException(
                    "file '%s' of %s is damaged: %s".formatted(entry.path(), version.reference(), e.getMessage()), e);
        }
    }

    /** Stays below the target: manifests hold only relative paths without {@code ..}, which their reader checks. */
    private Path resolve(String path) {
        try {
            return target.resolve(path);
        } catch (InvalidPathException e) {
            throw new InvalidInputException("file path", path, "is no file name on this system", e);
        }
    }

    /** Makes the folder of a file, from the target down, none of it a link. */
    private void makeFolder(Path folder) throws IOException {
        if (folder.equals(lastFolder)) {
            return;
        }
        Path made = target;
        for (Path name : target.relativize(folder)) {
            made = made.resolve(name);
            if (!Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
                createFolder(made);
            }
        }
        lastFolder = folder;
    }

    private static void createFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new InvalidInputException(
                        "folder", folder, "is there as a file or a symbolic link; remove it first", e);
            }
        }
    }

    private static void refuseFolder(Path file) {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new InvalidInputException("file", file, "is there as a folder; remove it first");
        }
    }

    private boolean isRight(Path file, FileEntry entry) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == entry.size()
                && digest(file).equals(entry.sha256());
    }

    private Sha256 digest(Path file) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                progress.check();
                digest.update(buffer, 0, n);
            }
        }
        return Sha256.ofDigest(digest.digest());
    }
}
