package dev.mlops.core.source;

import dev.mlops.core.file.Glob;
import java.util.Collection;
import java.util.List;

/** Which paths are taken: those that match an including glob, if there is any, and no excluding one. Immutable. */
public final class PathFilter {
    /** Takes every path. */
    public static final PathFilter ALL = of(List.of(), List.of());

    private final List<Glob> include;
    private final List<Glob> exclude;

    private PathFilter(List<Glob> include, List<Glob> exclude) {
        this.include = include;
        this.exclude = exclude;
    }

    /** A filter by globs over the whole path; a folder that an excluding glob matches is left out with all in it. */
    public static PathFilter of(Collection<String> include, Collection<String> exclude) {
        return new PathFilter(
                include.stream().map(glob -> Glob.of("include", glob)).toList(),
                exclude.stream().map(glob -> Glob.of("exclude", glob)).toList());
    }

    /** True if the path is left out, whether it is a file's or a folder's. */
    boolean excludes(String path) {
        return matches(exclude, path);
    }

    /** True if a path that is not excluded, nor any folder of it, is taken. */
    boolean includes(String path) {
        return include.isEmpty() || matches(include, path);
    }

    /** True if a path is taken, of whose folders nothing is known. */
    boolean takes(String path) {
        if (!exclude.isEmpty()) {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                if (excludes(path.substring(0, slash))) {
                    return false;
                }
            }
        }
        return !excludes(path) && includes(path);
    }

    private static boolean matches(List<Glob> globs, String path) {
        for (Glob glob : globs) {
            if (glob.matches(path)) {
                return true;
            }
        }
        return false;
    }
}
