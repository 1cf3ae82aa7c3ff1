package dev.mlops.api.dataset;

/** What becomes of symbolic links among the files of a publish. They are never followed. */
public enum LinkPolicy {
    /** A link ends the publish with an error that names it. */
    REFUSE,
    /** A link becomes a {@link FileKind#LINK}. In an archive, one that leads out of the archive is refused. */
    RECORD,
    /** Links are left out. */
    SKIP
}
