package dev.mlops.core.source;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.core.source.FolderListing.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The files below a directory, in the order of a manifest, found as they are asked for; in memory are the names of the
 * folders on the way down. Links are treated as told, never followed; devices, pipes and sockets are refused, as are names
 * that are no {@link dev.mlops.api.name.RelativePath} and names that collide. The directory itself may be reached through
 * a link. Confined to one thread at a time.
 */
public final class DirectoryWalk implements SourceFiles {
    private final String what;
    private final Path root;
    private final WalkOptions options;
    private final Executor ahead;
    private final Attributes.Reader attributes;
    private final Deque<FolderListing> folders = new ArrayDeque<>();
    private @Nullable DistinctPaths twins;
    private @Nullable SourceFile next;

    /**
     * Begins a walk.
     *
     * @param what what the directory is, for messages, such as {@code directory}
     * @param root the directory
     * @throws InvalidInputException if there is no such directory
     */
    public DirectoryWalk(String what, Path root, WalkOptions options) {
        this(what, root, options, task -> {});
    }

    /**
     * Begins a walk that lists folders before it comes to them, which is faster where the disk is slow to answer.
     *
     * @param what what the directory is, for messages, such as {@code directory}
     * @param root the directory
     * @param ahead does that; what it does not do is done when it is needed
     * @throws InvalidInputException if there is no such directory
     */
    public DirectoryWalk(String what, Path root, WalkOptions options, Executor ahead) {
        if (!Files.isDirectory(root)) {
            throw new InvalidInputException(
                    what, root, Files.exists(root) ? "must be a directory" : "does not exist or cannot be read");
        }
        this.what = what;
        this.root = root;
        this.options = options;
        this.ahead = ahead;
        this.attributes = Attributes.reader(root.getFileSystem());
        folders.push(begin());
    }

    @Override
    public Order order() {
        return Order.BY_PATH;
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
            FolderListing folder = folders.element();
            if (folder.hasNext()) {
                next = visit(folder, folder.next());
            } else {
                folders.remove();
            }
        }
        return next != null;
    }

    @Override
    public SourceFile next() {
        SourceFile result = hasNext() ? next : null;
        if (result == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return result;
    }

    private @Nullable SourceFile visit(FolderListing folder, Child child) {
        String path = folder.prefix() + child.name();
        SourceFile found = child.isFolder() ? enter(folder, child, path) : file(folder, child, path);
        if (found != null && folder.isTwin()) {
            twins().add(path);
        }
        return found;
    }

    private DistinctPaths twins() {
        if (twins == null) {
            twins = new DistinctPaths("file in " + what);
        }
        return twins;
    }

    private @Nullable SourceFile enter(FolderListing folder, Child child, String path) {
        if (!child.isKnownEmpty()) {
            FolderListing listing = below(folder, child);
            if (!listing.isEmpty()) {
                folders.push(listing);
                return null;
            }
            if (child.isKnownFull()) {
                throw new ConflictException(
                        "folder '%s' was emptied while %s %s was read; try again when nobody changes it"
                                .formatted(path, what, root));
            }
        }
        boolean isTaken = options.recordsFolders() && options.filter().includes(path);
        return isTaken
                ? SourceFile.ofFolder(options.prefix() + path, child.stamp().modifiedAt())
                : null;
    }

    private FolderListing below(FolderListing folder, Child child) {
        try {
            FolderListing listing = folder.listed(child);
            folder.listAhead(ahead);
            return listing == null ? folder.below(child) : listing;
        } catch (FolderListing.ReadFailure e) {
            throw failure(e.path(), e.failure());
        }
    }

    private SourceFile file(FolderListing folder, Child child, String path) {
        Path file = folder.path().resolve(child.name());
        String target = options.prefix() + path;
        return child.isLink()
                ? SourceFile.ofLink(target, linkTarget(file), child.stamp().modifiedAt())
                : SourceFile.ofFile(target, file, child.stamp());
    }

    private String linkTarget(Path link) {
        try {
            Path target = Files.readSymbolicLink(link);
            return FolderListing.text("link in " + what, target);
        } catch (IOException e) {
            throw failure(link, e);
        }
    }

    private FolderListing begin() {
        try {
            return FolderListing.of("file in " + what, root, options, attributes);
        } catch (FolderListing.ReadFailure e) {
            throw failure(e.path(), e.failure());
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
