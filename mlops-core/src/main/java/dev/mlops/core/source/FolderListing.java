package dev.mlops.core.source;

import static java.util.Objects.requireNonNull;

import dev.mlops.api.dataset.LinkPolicy;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.core.file.PathOrder;
import dev.mlops.core.manifest.FoldedPath;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What a walk takes of one folder, in the order in which a manifest has what lies below: a folder sorts as its name with
 * {@code /}, unless it is empty, then it is listed itself and sorts as its name. Confined to one thread.
 */
final class FolderListing implements Iterator<FolderListing.Child> {
    private static final int MAX_LENGTH = 1024;
    /** So many folders are listed before it is their turn. */
    private static final int AHEAD = 8;
    /** A folder with more in it is listed when it is its turn, as the names in many such ones would take much memory. */
    private static final int MOST_AHEAD = 10_000;

    private final String field;
    private final Path folder;
    private final String prefix;
    private final WalkOptions options;
    private final Attributes.Reader attributes;
    private final boolean isTwin;
    private final List<Child> children = new ArrayList<>();
    private final int most;
    private boolean isEmpty = true;
    private int next;
    private int begun;
    private int ahead;

    private FolderListing(
            String field,
            Path folder,
            String prefix,
            WalkOptions options,
            Attributes.Reader attributes,
            boolean isTwin,
            int most) {
        this.most = most;
        this.field = field;
        this.folder = folder;
        this.prefix = prefix;
        this.options = options;
        this.attributes = attributes;
        this.isTwin = isTwin;
    }

    /** Lists the folder that a walk begins with. */
    static FolderListing of(String field, Path folder, WalkOptions options, Attributes.Reader attributes)
            throws ReadFailure {
        FolderListing listing = new FolderListing(field, folder, "", options, attributes, false, Integer.MAX_VALUE);
        listing.read();
        listing.sort();
        listing.findCollisions();
        return listing;
    }

    /**
     * Lists a folder in this one.
     *
     * @param most null is given if there is more in it than this
     */
    private @Nullable FolderListing below(Child child, int most) throws ReadFailure {
        FolderListing listing = new FolderListing(
                field,
                folder.resolve(child.name),
                prefix + child.name + "/",
                options,
                attributes,
                isTwin || child.isTwin,
                most);
        if (!listing.read()) {
            return null;
        }
        listing.checkIs(child);
        listing.sort();
        listing.findCollisions();
        return listing;
    }

    /** Lists a folder in this one, on this thread. */
    FolderListing below(Child child) throws ReadFailure {
        return requireNonNull(below(child, Integer.MAX_VALUE));
    }

    /** What was a folder may be a link by now, and what was listed lie elsewhere. */
    private void checkIs(Child child) throws ReadFailure {
        Attributes now = attributes(folder);
        if (now.type() != Attributes.Type.FOLDER
                || now.stamp().inode() != child.stamp().inode()) {
            throw new ReadFailure(folder, new NotDirectoryException(folder.toString()));
        }
    }

    /** Has the next folders in this one listed, on other threads if there are some. */
    void listAhead(Executor executor) {
        for (begun = Math.max(begun, next); ahead < AHEAD && begun < children.size(); begun++) {
            Child child = children.get(begun);
            if (child.isFolder() && !child.isKnownEmpty) {
                FutureTask<@Nullable FolderListing> task = new FutureTask<>(() -> below(child, MOST_AHEAD));
                child.listing = task;
                ahead++;
                try {
                    executor.execute(task);
                } catch (RejectedExecutionException whoNeedsItListsIt) {
                    return;
                }
            }
        }
    }

    /** What was listed ahead of a folder in this one, or is now; null if it was not begun or there is too much in it. */
    @Nullable
    FolderListing listed(Child child) throws ReadFailure {
        FutureTask<@Nullable FolderListing> task = child.listing;
        if (task == null) {
            return null;
        }
        ahead--;
        child.listing = null;
        task.run(); // does nothing if another thread does it
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("the listing of " + folder + " was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ReadFailure failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("cannot list " + folder.resolve(child.name), e);
        }
    }

    /** A path that could not be read. */
    static final class ReadFailure extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Path path;
        private final IOException failure;

        ReadFailure(Path path, IOException failure) {
            super(failure);
            this.path = path;
            this.failure = failure;
        }

        Path path() {
            return path;
        }

        IOException failure() {
            return failure;
        }
    }

    /** Something in the folder. */
    static final class Child {
        private final String name;
        private final Attributes attributes;
        private boolean isTwin;
        private boolean isKnownEmpty;
        private boolean isKnownFull;
        private @Nullable FutureTask<@Nullable FolderListing> listing;

        Child(String name, Attributes attributes) {
            this.name = name;
            this.attributes = attributes;
        }

        String name() {
            return name;
        }

        boolean isFolder() {
            return attributes.type() == Attributes.Type.FOLDER;
        }

        boolean isLink() {
            return attributes.type() == Attributes.Type.LINK;
        }

        FileStamp stamp() {
            return attributes.stamp();
        }

        /** True if another folder has the same name but for case and Unicode form. */
        boolean isTwin() {
            return isTwin;
        }

        /** True if it was looked into and is to be listed as an empty folder. */
        boolean isKnownEmpty() {
            return isKnownEmpty;
        }

        /** True if it was looked into and had something in it, so that it cannot be listed itself any more. */
        boolean isKnownFull() {
            return isKnownFull;
        }

        private String sortKey() {
            return isFolder() && !isKnownEmpty ? name + "/" : name;
        }
    }

    Path path() {
        return folder;
    }

    /** What stands before each name. */
    String prefix() {
        return prefix;
    }

    boolean isTwin() {
        return isTwin;
    }

    /** True if the folder has nothing in it, not even something that is not taken. */
    boolean isEmpty() {
        return isEmpty;
    }

    @Override
    public boolean hasNext() {
        return next < children.size();
    }

    @Override
    public Child next() {
        Child child = children.get(next);
        children.set(next++, null);
        return child;
    }

    /** False if there is more in it than may be. */
    private boolean read() throws ReadFailure {
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                isEmpty = false;
                if (children.size() == most) {
                    return false;
                }
                take(path);
            }
            return true;
        } catch (DirectoryIteratorException e) {
            throw new ReadFailure(folder, requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw new ReadFailure(folder, e);
        }
    }

    private void take(Path path) throws ReadFailure {
        Path last = path.getFileName();
        String name = text(field, last == null ? path : last);
        String text = prefix + name;
        if (options.filter().excludes(text)) {
            return;
        }
        Child child = new Child(name, attributes(path));
        if (child.isFolder() || (options.filter().includes(text) && isTaken(child, path))) {
            checkName(name, text);
            children.add(child);
        }
    }

    private Attributes attributes(Path path) throws ReadFailure {
        try {
            return attributes.read(path);
        } catch (IOException e) {
            throw new ReadFailure(path, e);
        }
    }

    private boolean isTaken(Child child, Path path) {
        if (child.isLink() && options.links() == LinkPolicy.REFUSE) {
            throw new InvalidInputException(field, path, "is a symbolic link; put what it points to in its place");
        }
        if (child.attributes.type() == Attributes.Type.OTHER) {
            throw new InvalidInputException(field, path, "is neither a regular file nor a directory");
        }
        return !child.isLink() || options.links() == LinkPolicy.RECORD;
    }

    /** The path in text; one that does not lead back to the file would be another file's or nobody's. */
    static String text(String field, Path path) {
        String text = path.toString();
        if (!isPlain(text) && !leadsTo(text, path)) {
            throw new InvalidInputException(
                    field, path, "has a name that cannot be read as text in this system's encoding");
        }
        String separator = path.getFileSystem().getSeparator();
        return separator.equals("/") ? text : text.replace(separator, "/");
    }

    private static boolean leadsTo(String text, Path path) {
        try {
            return path.getFileSystem().getPath(text).equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** The rules of all paths, of which most names need but a glance. */
    private void checkName(String name, String path) {
        if (!isPlain(name) || path.length() + options.prefix().length() > MAX_LENGTH) {
            RelativePath.check(field, options.prefix() + path);
        }
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < ' ' || c > '~' || c == '\\' || c == ':') {
                return false;
            }
        }
        return true;
    }

    private void sort() throws ReadFailure {
        sortByKey();
        if (lookIntoFoldersWithTheNameOfTheOneBefore()) {
            sortByKey();
        }
    }

    private void sortByKey() {
        children.sort((one, other) -> one.isFolder() || other.isFolder()
                ? PathOrder.BY_CODE_POINT.compare(one.sortKey(), other.sortKey())
                : PathOrder.BY_CODE_POINT.compare(one.name, other.name));
    }

    /** Only where a name such as {@code a-b} stands before {@code a/} does it matter whether {@code a} is empty. */
    private boolean lookIntoFoldersWithTheNameOfTheOneBefore() throws ReadFailure {
        boolean moves = false;
        for (int i = 1; i < children.size(); i++) {
            Child child = children.get(i);
            if (options.recordsFolders()
                    && child.isFolder()
                    && children.get(i - 1).name.startsWith(child.name)) {
                child.isKnownEmpty = isEmpty(folder.resolve(child.name));
                child.isKnownFull = !child.isKnownEmpty;
                moves |= child.isKnownEmpty;
            }
        }
        return moves;
    }

    private static boolean isEmpty(Path folder) throws ReadFailure {
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            return !paths.iterator().hasNext();
        } catch (DirectoryIteratorException e) {
            throw new ReadFailure(folder, requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw new ReadFailure(folder, e);
        }
    }

    private void findCollisions() {
        long[] fingerprints = new long[children.size()];
        for (int i = 0; i < fingerprints.length; i++) {
            fingerprints[i] = fingerprint(FoldedPath.of(children.get(i).name));
        }
        Arrays.sort(fingerprints);
        for (int i = 1; i < fingerprints.length; i++) {
            if (fingerprints[i] == fingerprints[i - 1]) {
                refuseCollisions();
                return;
            }
        }
    }

    private static long fingerprint(String text) {
        long hash = 0;
        for (int i = 0; i < text.length(); i++) {
            hash = hash * 0x9E3779B97F4A7C15L + text.charAt(i);
            hash ^= hash >>> 29;
        }
        return hash;
    }

    /** Folders may collide, but not what is in them: that is looked after on the way down. */
    private void refuseCollisions() {
        Map<String, Child> byName = new HashMap<>();
        for (Child child : children) {
            Child other = byName.putIfAbsent(FoldedPath.of(child.name), child);
            if (other != null) {
                if (!child.isFolder() || !other.isFolder()) {
                    throw new InvalidInputException(
                            field, prefix + child.name, DistinctPaths.differsOnlyInCase(prefix + other.name));
                }
                child.isTwin = true;
                other.isTwin = true;
            }
        }
    }
}
