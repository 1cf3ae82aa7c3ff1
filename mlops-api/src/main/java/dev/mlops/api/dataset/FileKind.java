package dev.mlops.api.dataset;

/** What a file of a version is. */
public enum FileKind {
    /** A regular file. */
    FILE,
    /** A folder with nothing in it; folders with files are not listed. Its size is 0. */
    FOLDER,
    /** A symbolic link; its bytes are the text that it points to, in UTF-8. It is never followed. */
    LINK
}
