package dev.mlops.core.object;

import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.core.object.KeyLayout.Entry;
import dev.mlops.core.object.KeyLayout.Kind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The objects below a root in the order of their keys; holds the names of the folders it is in, not more. */
final class KeyWalk implements Iterator<ObjectInfo> {
    private final String prefix;
    private final Deque<Folder> folders = new ArrayDeque<>();
    private @Nullable ObjectInfo next;

    private record Folder(String key, Path path, Iterator<Entry> entries) {}

    KeyWalk(Path root, String prefix) {
        this.prefix = prefix;
        enter("", root);
    }

    @Override
    public boolean hasNext() {
        while (next == null && !folders.isEmpty()) {
            advance(folders.element());
        }
        return next != null;
    }

    @Override
    public ObjectInfo next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        ObjectInfo result = next;
        next = null;
        return result;
    }

    private void advance(Folder folder) {
        if (!folder.entries().hasNext()) {
            folders.remove();
            return;
        }
        Entry entry = folder.entries().next();
        String key = folder.key() + entry.keyText();
        Path path = folder.path().resolve(entry.fileName());
        if (entry.kind() == Kind.OBJECT) {
            next = info(key, path);
        } else {
            enter(key, path);
        }
    }

    private void enter(String key, Path path) {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(path)) {
            for (Path name : names) {
                KeyLayout.parse(String.valueOf(name.getFileName()))
                        .filter(entry -> canMatch(key, entry))
                        .ifPresent(entries::add);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw DiskFailures.unavailable("cannot list the objects in " + path, e);
        }
        entries.sort(Comparator.comparing(Entry::keyText));
        folders.push(new Folder(key, path, entries.iterator()));
    }

    private boolean canMatch(String parent, Entry entry) {
        String key = parent + entry.keyText();
        return key.startsWith(prefix) || (entry.kind() != Kind.OBJECT && prefix.startsWith(key));
    }

    static @Nullable ObjectInfo info(String key, Path path) {
        try {
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
            return new ObjectInfo(key, file.size(), file.lastModifiedTime().toInstant());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw DiskFailures.unavailable("cannot look at object '" + key + "'", e);
        }
    }
}
