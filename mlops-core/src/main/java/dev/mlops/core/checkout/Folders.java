package dev.mlops.core.checkout;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Makes the folders of files that come in the order of their paths, each once; remembers those on the way down only.
 * None of them below the target is reached through a symbolic link. Confined to one thread.
 */
final class Folders {
    private final Deque<Folder> way = new ArrayDeque<>();

    /**
     * A folder.
     *
     * @param prefix what the paths of its files begin with
     * @param path where it is
     * @param isNew true if this checkout made it, so that nothing lies in it that was there before
     */
    record Folder(String prefix, Path path, boolean isNew) {
        Path file(String path) {
            String name = path.substring(prefix.length());
            try {
                return this.path.resolve(name);
            } catch (InvalidPathException e) {
                throw new InvalidInputException("file path", path, "is no file name on this system", e);
            }
        }
    }

    /** Makes the target, which may itself be reached through links. */
    Folders(Path target) {
        boolean isNew = !Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        try {
            Files.createDirectories(target);
        } catch (FileAlreadyExistsException e) {
            throw new InvalidInputException("directory", target, "is there but is no directory", e);
        } catch (IOException e) {
            throw ReadFailures.of("cannot make directory " + target, e);
        }
        if (!isNew) {
            Parts.sweep(target);
        }
        way.push(new Folder("", target, isNew));
    }

    /** The target. */
    Folder target() {
        return way.getLast();
    }

    /** The folder of a file, made if need be. */
    Folder of(String path) {
        while (!path.startsWith(way.element().prefix())) {
            way.pop();
        }
        int begin = way.element().prefix().length();
        for (int slash = path.indexOf('/', begin); slash >= 0; slash = path.indexOf('/', begin)) {
            begin = slash + 1;
            way.push(enter(way.element(), path.substring(0, begin)));
        }
        return way.element();
    }

    private static Folder enter(Folder parent, String prefix) {
        Path folder = parent.file(prefix.substring(0, prefix.length() - 1));
        try {
            Files.createDirectory(folder);
            return new Folder(prefix, folder, true);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new InvalidInputException(
                        "folder", folder, "is there as a file or a symbolic link; remove it first", e);
            }
            Parts.sweep(folder);
            return new Folder(prefix, folder, false);
        } catch (IOException e) {
            throw ReadFailures.of("cannot make folder " + folder, e);
        }
    }
}
