package dev.mlops.api.dataset;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.name.ResourceName;
import java.nio.file.FileSystems;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;

/** How the files of a version are split. Immutable. */
public sealed interface Split {
    /** The name of no split: the files are not split. */
    Split NONE = new Ratio(Map.of(), 0);

    /** Begins a split by ratio, such as {@code ratio("train", 0.8).and("test", 0.2).seed(42)}. */
    static Ratio ratio(String name, double share) {
        return new Ratio(Map.of(), 0).and(name, share);
    }

    /** Begins an explicit split by globs over the path, such as {@code byPath("train", "train/**")}. */
    static ByPath byPath(String name, String glob) {
        return new ByPath(Map.of()).and(name, glob);
    }

    /** Begins an explicit split by lists of paths, such as {@code explicit("test", List.of("a.png", "b.png"))}. */
    static Explicit explicit(String name, Collection<String> paths) {
        return new Explicit(Map.of()).and(name, paths);
    }

    /**
     * Begins a stratified split, such as {@code stratified(SplitLabel.folder()).and("train", 0.8).and("test",
     * 0.2).seed(42)}.
     */
    static Stratified stratified(SplitLabel label) {
        return new Stratified(label, Map.of(), 0, Stratified.Kept.FROM_PARENT);
    }

    /** The names of the splits, in their order. */
    Iterable<String> names();

    /**
     * By ratio: each file goes to a split by a hash of the seed and its path, so that a file stays in its split when
     * others are added. The shares are met approximately.
     *
     * @param shares the share of each split, each above 0, at most 1 in all; what is left is in no split
     * @param seed another seed gives another split
     */
    record Ratio(Map<String, Double> shares, long seed) implements Split {
        /** Checks the shares and copies them in order. */
        public Ratio {
            shares = checkedShares(shares);
        }

        /** Adds a split. */
        public Ratio and(String name, double share) {
            return new Ratio(with(shares, name, share), seed);
        }

        /** Sets the seed; 0 by default. */
        public Ratio seed(long seed) {
            return new Ratio(shares, seed);
        }

        @Override
        public Iterable<String> names() {
            return shares.keySet();
        }
    }

    /**
     * By path: each file goes to the first split whose glob its path matches; others are in no split.
     *
     * @param globs the glob of each split, as in {@link FileQuery#glob()}
     */
    record ByPath(Map<String, String> globs) implements Split {
        /** Checks the globs and copies them in order. */
        public ByPath {
            globs = ordered(globs);
            for (Map.Entry<String, String> glob : globs.entrySet()) {
                try {
                    FileSystems.getDefault().getPathMatcher("glob:" + glob.getValue());
                } catch (PatternSyntaxException e) {
                    throw new InvalidInputException(
                            "glob of split " + glob.getKey(),
                            glob.getValue(),
                            "is not a glob: " + e.getDescription(),
                            e);
                }
            }
        }

        /** Adds a split, which is tried after those before it. */
        public ByPath and(String name, String glob) {
            return new ByPath(with(globs, name, glob));
        }

        @Override
        public Iterable<String> names() {
            return globs.keySet();
        }
    }

    /**
     * By lists of paths: each file goes to the split whose list has its path; others are in no split. A path in a list
     * that the version does not have is ignored, so that lists may be longer than the data.
     *
     * @param paths the paths of each split; no path is in two of them
     */
    record Explicit(Map<String, List<String>> paths) implements Split {
        /** Checks the paths and copies them in order. */
        public Explicit {
            Map<String, List<String>> copy = new LinkedHashMap<>();
            Map<String, String> splits = new HashMap<>();
            paths.forEach((name, list) -> {
                for (String path : list) {
                    String other = splits.put(RelativePath.check("path of split " + name, path), name);
                    if (other != null && !other.equals(name)) {
                        throw new InvalidInputException("path of split " + name, path, "is in split " + other + " too");
                    }
                }
                copy.put(name, List.copyOf(list));
            });
            paths = ordered(copy);
        }

        /** Adds a split. */
        public Explicit and(String name, Collection<String> paths) {
            return new Explicit(with(this.paths, name, List.copyOf(paths)));
        }

        @Override
        public Iterable<String> names() {
            return paths.keySet();
        }
    }

    /**
     * By ratio within each label. A file that the parent version has keeps the split that it has there, if the parent
     * was split into splits of the same names; every other file goes, in an order that the seed and its path give by a
     * hash, to the split of its label that is furthest below its share. So:
     *
     * <ul>
     *   <li>a file never changes its split when others are added or removed, not even when its label changes;
     *   <li>where no file of a label was kept, each split has its share of the label's files, rounded up or down; a
     *       label with fewer files than splits fills the splits with the largest shares first;
     *   <li>where files were kept, the new ones bring the label as close to its shares as can be without moving those;
     *   <li>the result depends on the paths, the labels, the seed and the parent's splits alone.
     * </ul>
     *
     * <p>Both at once, exact shares and files that stay, is impossible; keeping files comes first, because a test file
     * that moves to the training set spoils every comparison with an older model.
     *
     * @param label what a file's label is; files without one are treated as if they had one of their own in common
     * @param shares the share of each split, each above 0, at most 1 in all; what is left is in no split
     * @param seed another seed gives another order of the files that are not kept
     * @param kept whether files keep the split that they have in the parent version
     */
    record Stratified(SplitLabel label, Map<String, Double> shares, long seed, Kept kept) implements Split {
        private static final int MAX_SPLITS = 250;

        /** Which splits stay. */
        public enum Kept {
            /** Those of the parent version. */
            FROM_PARENT,
            /** None: all files are split anew. */
            NONE
        }

        /** Checks the shares and copies them in order. */
        public Stratified {
            shares = checkedShares(shares);
            if (shares.size() > MAX_SPLITS) {
                throw new InvalidInputException("shares of splits", shares.size(), "must be at most " + MAX_SPLITS);
            }
        }

        /** Adds a split. */
        public Stratified and(String name, double share) {
            return new Stratified(label, with(shares, name, share), seed, kept);
        }

        /** Sets the seed; 0 by default. */
        public Stratified seed(long seed) {
            return new Stratified(label, shares, seed, kept);
        }

        /** Splits all files anew, whatever split they have in the parent version. */
        public Stratified anew() {
            return new Stratified(label, shares, seed, Kept.NONE);
        }

        @Override
        public Iterable<String> names() {
            return shares.keySet();
        }
    }

    private static Map<String, Double> checkedShares(Map<String, Double> shares) {
        double sum = 0;
        for (Map.Entry<String, Double> share : shares.entrySet()) {
            if (!(share.getValue() > 0)) {
                throw new InvalidInputException(
                        "share of split " + share.getKey(), share.getValue(), "must be more than 0");
            }
            sum += share.getValue();
        }
        if (sum > 1.000001) {
            throw new InvalidInputException("shares of splits", shares, "must be at most 1 in all");
        }
        return ordered(shares);
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return java.util.Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    private static <V> Map<String, V> with(Map<String, V> map, String name, V value) {
        Map<String, V> result = new LinkedHashMap<>(map);
        if (result.put(ResourceName.check("split name", name), value) != null) {
            throw new InvalidInputException("split name", name, "is said twice");
        }
        return result;
    }
}
