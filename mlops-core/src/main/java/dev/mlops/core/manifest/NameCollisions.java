package dev.mlops.core.manifest;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MergeConflict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds paths of a merge that cannot lie side by side on every file system: equal when case and Unicode form are
 * ignored, or one a file and the other a folder. As each side is right by itself, one of the two paths is in ours only
 * and the other in theirs only. It is given those paths twice: at first it keeps eight bytes of each; the second time,
 * which is rarely needed, it keeps those paths whose hash came on the other side. Confined to one thread.
 */
final class NameCollisions {
    private final Side ours = new Side();
    private final Side theirs = new Side();
    private @Nullable Set<Long> suspects;

    /** Takes a path of the merge that theirs does not have. */
    void addOurs(FileEntry entry) {
        ours.add(entry, suspects);
    }

    /** Takes a path of the merge that ours does not have. */
    void addTheirs(FileEntry entry) {
        theirs.add(entry, suspects);
    }

    /** Ends the first time; true if there must be a second one. */
    boolean isSuspicious() {
        Set<Long> common = new HashSet<>(ours.files.common(theirs.files));
        common.addAll(ours.files.common(theirs.folders));
        common.addAll(ours.folders.common(theirs.files));
        suspects = common;
        ours.lastFolder = "";
        theirs.lastFolder = "";
        return !common.isEmpty();
    }

    /** After the second time: the collisions. */
    List<MergeConflict> conflicts() {
        List<MergeConflict> conflicts = new ArrayList<>();
        ours.filesFound.forEach((folded, file) -> {
            add(conflicts, file, theirs.filesFound.get(folded));
            add(conflicts, file, theirs.foldersFound.get(folded));
        });
        theirs.filesFound.forEach((folded, file) -> {
            FileEntry inFolder = ours.foldersFound.get(folded);
            if (inFolder != null) {
                add(conflicts, inFolder, file);
            }
        });
        return conflicts;
    }

    private static void add(List<MergeConflict> conflicts, FileEntry ours, @Nullable FileEntry theirs) {
        if (theirs != null) {
            conflicts.add(new MergeConflict(ours.path(), MergeConflict.Kind.NAME_COLLISION, null, ours, theirs));
        }
    }

    private static final class Side {
        private final HashBag files = new HashBag();
        private final HashBag folders = new HashBag();
        private final Map<String, FileEntry> filesFound = new HashMap<>();

        /** The first file or folder in each. */
        private final Map<String, FileEntry> foldersFound = new HashMap<>();

        private String lastFolder = "";

        void add(FileEntry entry, @Nullable Set<Long> suspects) {
            String folded = FoldedPath.of(entry.path());
            add(folded, entry, entry.kind() != FileKind.FOLDER, suspects);
            int slash = folded.lastIndexOf('/');
            String folder = slash < 0 ? "" : folded.substring(0, slash);
            if (!folder.equals(lastFolder)) {
                lastFolder = folder;
                for (int end = folded.indexOf('/'); end >= 0; end = folded.indexOf('/', end + 1)) {
                    add(folded.substring(0, end), entry, false, suspects);
                }
            }
        }

        private void add(String folded, FileEntry entry, boolean isFile, @Nullable Set<Long> suspects) {
            if (suspects == null) {
                (isFile ? files : folders).add(folded);
            } else if (suspects.contains(HashBag.hash(folded))) {
                (isFile ? filesFound : foldersFound).putIfAbsent(folded, entry);
            }
        }
    }
}
