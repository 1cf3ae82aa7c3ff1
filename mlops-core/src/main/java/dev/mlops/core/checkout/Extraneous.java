package dev.mlops.core.checkout;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.file.PathOrder;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what lies in a directory but not in a version: walks through the directory in the order of the manifest and
 * through the manifest beside it, so that neither need be in memory. Follows no links. For one call.
 */
final class Extraneous {
    private final Iterator<FileEntry> wanted;
    private final Tally tally;
    private final Cancellation cancellation;

    /** Empty folders that were passed: theirs sort before what their names begin, folders with files behind it. */
    private final Set<String> emptyFolders = new HashSet<>();

    private @Nullable FileEntry next;

    Extraneous(Iterator<FileEntry> wanted, Tally tally, Cancellation cancellation) {
        this.wanted = wanted;
        this.tally = tally;
        this.cancellation = cancellation;
        advance();
    }

    private record Child(Path path, String name, BasicFileAttributes attributes) {
        /** The path or, for a folder, what the paths of its files begin with. */
        String key(String prefix) {
            return prefix + name + (attributes.isDirectory() ? "/" : "");
        }
    }

    void deleteIn(Path directory) {
        try {
            deleteIn(directory, "");
        } catch (DirectoryIteratorException e) {
            throw ReadFailures.of("cannot tidy directory " + directory, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw ReadFailures.of("cannot tidy directory " + directory, e);
        }
    }

    private void deleteIn(Path folder, String prefix) throws IOException {
        for (Child child : children(folder, prefix)) {
            cancellation.check("deleting what is not in the version from " + folder);
            String key = child.key(prefix);
            passBefore(key);
            if (!child.attributes().isDirectory()) {
                if (!isWantedFile(key) && !Parts.isInUse(child.path())) {
                    delete(child);
                }
            } else if (next != null && next.path().startsWith(key)) {
                deleteIn(child.path(), key);
            } else {
                boolean isWanted = emptyFolders.contains(prefix + child.name());
                deleteAllIn(child.path());
                if (!isWanted) {
                    Files.delete(child.path());
                }
            }
        }
    }

    private boolean isWantedFile(String path) {
        return next != null && next.path().equals(path) && next.kind() != FileKind.FOLDER;
    }

    private static List<Child> children(Path folder, String prefix) throws IOException {
        List<Child> children = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
            for (Path path : found) {
                children.add(new Child(
                        path,
                        String.valueOf(path.getFileName()),
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
            }
        }
        children.sort(Comparator.comparing(child -> child.key(prefix), PathOrder.BY_CODE_POINT));
        return children;
    }

    private void passBefore(String key) {
        while (next != null && PathOrder.BY_CODE_POINT.compare(next.path(), key) < 0) {
            advance();
        }
    }

    private void advance() {
        next = wanted.hasNext() ? wanted.next() : null;
        if (next != null && next.kind() == FileKind.FOLDER) {
            emptyFolders.add(next.path());
        }
    }

    private void deleteAllIn(Path folder) throws IOException {
        for (Child child : children(folder, "")) {
            cancellation.check("deleting what is not in the version from " + folder);
            if (child.attributes().isDirectory()) {
                deleteAllIn(child.path());
                Files.delete(child.path());
            } else {
                delete(child);
            }
        }
    }

    private void delete(Child child) throws IOException {
        Files.delete(child.path());
        tally.deleted(child.attributes().size());
    }
}
