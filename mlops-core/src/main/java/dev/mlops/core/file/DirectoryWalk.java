package dev.mlops.core.file;

import static java.util.Objects.requireNonNull;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.name.RelativePath;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The regular files below a directory, found as they are asked for; in memory are the names of the folders on the way
 * down. Symbolic links are refused rather than followed or skipped, as are devices, pipes and sockets, and names that
 * are no {@link RelativePath}. The directory itself may be reached through a link. Confined to one thread at a time.
 */
public final class DirectoryWalk implements Iterator<TypedSource> {
    private final String what;
    private final Path root;
    private final String prefix;
    private final Deque<Iterator<Path>> folders = new ArrayDeque<>();
    private @Nullable TypedSource next;

    /**
     * Begins a walk.
     *
     * @param what what the directory is, for messages, such as {@code directory}
     * @param root the directory
     * @param prefix what stands before each path, empty or ending in {@code /}
     * @throws InvalidInputException if there is no such directory
     */
    public DirectoryWalk(String what, Path root, String prefix) {
        if (!Files.isDirectory(root)) {
            throw new InvalidInputException(
                    what, root, Files.exists(root) ? "must be a directory" : "does not exist or cannot be read");
        }
        this.what = what;
        this.root = root;
        this.prefix = prefix;
        enter(root);
    }

    /**
     * Finds the next file.
     *
     * @throws InvalidInputException if it meets something that is neither a regular file nor a directory, or a bad name
     * @throws ConflictException if something vanishes meanwhile
     */
    @Override
    public boolean hasNext() {
        while (next == null && !folders.isEmpty()) {
            if (folders.element().hasNext()) {
                next = visit(folders.element().next());
            } else {
                folders.remove();
            }
        }
        return next != null;
    }

    @Override
    public TypedSource next() {
        TypedSource result = hasNext() ? next : null;
        if (result == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return result;
    }

    private @Nullable TypedSource visit(Path path) {
        BasicFileAttributes attributes = attributes(path);
        if (attributes.isDirectory()) {
            enter(path);
            return null;
        }
        if (!attributes.isRegularFile()) {
            throw new InvalidInputException(
                    "file in " + what,
                    path,
                    attributes.isSymbolicLink()
                            ? "is a symbolic link; put what it points to in its place"
                            : "is neither a regular file nor a directory");
        }
        return TypedSource.ofFile(RelativePath.check("file in " + what, relative(path)), path, attributes.size());
    }

    private void enter(Path folder) {
        List<Path> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            children.forEach(names::add);
        } catch (DirectoryIteratorException e) {
            throw failure(folder, requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw failure(folder, e);
        }
        Collections.sort(names);
        folders.push(names.iterator());
    }

    private BasicFileAttributes attributes(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    /** The path in text; one that does not lead back to the file would be another file's or nobody's. */
    private String relative(Path path) {
        Path relative = root.relativize(path);
        String text = relative.toString().replace(root.getFileSystem().getSeparator(), "/");
        if (!leadsTo(text, relative)) {
            throw new InvalidInputException(
                    "file in " + what, path, "has a name that cannot be read as text in this system's encoding");
        }
        return prefix + text;
    }

    private boolean leadsTo(String text, Path path) {
        try {
            return root.getFileSystem().getPath(text).equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private RuntimeException failure(Path path, IOException e) {
        if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
            return new ConflictException(
                    "%s vanished while %s %s was read; try again when nobody changes it".formatted(path, what, root),
                    e);
        }
        return new UnavailableException("cannot read %s: %s".formatted(path, e), e);
    }
}
