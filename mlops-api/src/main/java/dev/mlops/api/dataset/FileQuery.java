package dev.mlops.api.dataset;

import org.jspecify.annotations.Nullable;

/**
 * Which files of a version are meant; null stands for all.
 *
 * @param prefix the beginning of the path, or null
 * @param glob a glob over the whole path, with {@code *}, {@code **}, {@code ?}, {@code [a-z]} and {@code {a,b}} as {@link
 *     java.nio.file.FileSystem#getPathMatcher} takes it, or null
 * @param split the name of a split, or null
 */
public record FileQuery(
        @Nullable String prefix,
        @Nullable String glob,
        @Nullable String split) {
    /** All files. */
    public static final FileQuery ALL = new FileQuery(null, null, null);

    /** The files whose path begins so. */
    public static FileQuery prefix(String prefix) {
        return new FileQuery(prefix, null, null);
    }

    /** The files whose path matches a glob. */
    public static FileQuery glob(String glob) {
        return new FileQuery(null, glob, null);
    }

    /** The files of a split. */
    public static FileQuery split(String split) {
        return new FileQuery(null, null, split);
    }
}
