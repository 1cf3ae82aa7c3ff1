package dev.mlops.core.source;

import dev.mlops.api.dataset.LinkPolicy;

/**
 * How to walk.
 *
 * @param prefix what stands before each path, empty or ending in {@code /}
 * @param filter which paths are taken, without the prefix
 * @param links what becomes of symbolic links
 * @param emptyFolders what becomes of folders with nothing in them
 */
public record WalkOptions(String prefix, PathFilter filter, LinkPolicy links, EmptyFolders emptyFolders) {
    /** What becomes of folders with nothing in them. */
    public enum EmptyFolders {
        /** They are told as {@link dev.mlops.api.dataset.FileKind#FOLDER}. */
        RECORD,
        /** They are left out. */
        SKIP
    }

    /** All regular files and nothing else; links are refused. */
    public static WalkOptions filesOnly(String prefix) {
        return new WalkOptions(prefix, PathFilter.ALL, LinkPolicy.REFUSE, EmptyFolders.SKIP);
    }

    /** Files and empty folders. */
    public static WalkOptions of(PathFilter filter, LinkPolicy links) {
        return new WalkOptions("", filter, links, EmptyFolders.RECORD);
    }

    boolean recordsFolders() {
        return emptyFolders == EmptyFolders.RECORD;
    }
}
