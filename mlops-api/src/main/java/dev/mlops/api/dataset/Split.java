package dev.mlops.api.dataset;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.ResourceName;
import java.nio.file.FileSystems;
import java.util.LinkedHashMap;
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
            shares = ordered(shares);
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
