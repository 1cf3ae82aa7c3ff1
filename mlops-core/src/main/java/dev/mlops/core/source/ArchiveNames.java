package dev.mlops.core.source;

import dev.mlops.api.dataset.LinkPolicy;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes the names of an archive's entries: refuses hostile ones and those that collide, leaves out those that are not
 * wanted, and knows in the end which folders are empty. Confined to one thread.
 */
final class ArchiveNames implements AutoCloseable {
    private final String field;
    private final ArchiveOptions options;
    private final ArchiveBudget budget;
    private final DistinctPaths paths;
    private final Map<String, @Nullable Instant> folders = new TreeMap<>(Comparator.reverseOrder());

    ArchiveNames(String field, ArchiveOptions options, ArchiveBudget budget) {
        this.field = field;
        this.options = options;
        this.budget = budget;
        this.paths = new DistinctPaths(field, options.staging());
    }

    /** Takes the name of a file or link; false if it is left out. */
    boolean takeFile(String name) {
        String path = check(name);
        if (!options.filter().takes(path)) {
            return false;
        }
        paths.add(path);
        return true;
    }

    /** Takes the name of a folder, with or without a {@code /} at its end. */
    void takeFolder(String name, @Nullable Instant modifiedAt) {
        String path = check(name.endsWith("/") ? name.substring(0, name.length() - 1) : name);
        if (options.emptyFolders() == WalkOptions.EmptyFolders.RECORD
                && options.filter().takes(path)) {
            folders.put(path, modifiedAt);
        }
    }

    /** Counts an entry of any kind. */
    private String check(String name) {
        budget.addEntry(name);
        return RelativePath.check(field, name);
    }

    /** True if a link is to be recorded, false if it is to be left out. */
    boolean takeLink(String name) {
        if (options.links() == LinkPolicy.REFUSE && options.filter().takes(RelativePath.check(field, name))) {
            throw new InvalidInputException(field, name, "is a symbolic link; put the file itself there");
        }
        return takeFile(name) && options.links() == LinkPolicy.RECORD;
    }

    /** Refuses a link that leads out of the archive. */
    void checkTarget(String name, String target) {
        int depth = name.split("/", -1).length - 1;
        for (String part : target.split("/", -1)) {
            depth += part.equals("..") ? -1 : part.isEmpty() || part.equals(".") ? 0 : 1;
            if (depth < 0) {
                break;
            }
        }
        boolean leadsOut = depth < 0
                || target.isEmpty()
                || target.startsWith("/")
                || target.indexOf('\\') >= 0
                || target.matches("[A-Za-z]:.*")
                || target.chars().anyMatch(Character::isISOControl);
        if (leadsOut) {
            throw new InvalidInputException(field, name, "is a link out of the archive, to '" + target + "'");
        }
    }

    /** To be asked after the last entry: the folders with nothing in them. */
    List<SourceFile> emptyFolders() {
        List<SourceFile> empty = new ArrayList<>();
        folders.forEach((path, modifiedAt) -> {
            if (paths.addEmptyFolder(path)) {
                empty.add(SourceFile.ofFolder(path, modifiedAt));
            }
        });
        return empty;
    }

    @Override
    public void close() {
        paths.close();
    }
}
