package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.Split;
import dev.mlops.core.file.Glob;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells in which split a file is. Depends on the split and the file's path alone; {@link SplitPass} is for splits that
 * take more.
 */
@FunctionalInterface
interface SplitAssignment {
    /** The name of the split of a path, or null. */
    @Nullable
    String splitOf(String path);

    /** The assignment by lists of paths. */
    static SplitAssignment byList(Split.Explicit split) {
        Map<String, String> names = new HashMap<>();
        split.paths().forEach((name, paths) -> paths.forEach(path -> names.put(path, name)));
        return names::get;
    }

    /** The assignment by globs. */
    static SplitAssignment byPath(Split.ByPath split) {
        record Rule(String name, Glob glob) {}
        List<Rule> rules = new ArrayList<>();
        split.globs().forEach((name, glob) -> rules.add(new Rule(name, Glob.of("glob of split " + name, glob))));
        return path -> {
            for (Rule rule : rules) {
                if (rule.glob().matches(path)) {
                    return rule.name();
                }
            }
            return null;
        };
    }

    /**
     * The file's place on [0, 1) says its split: the splits lie there one after the other, each as long as its share.
     */
    static SplitAssignment byRatio(Split.Ratio split) {
        return path -> {
            double place = place(split.seed(), path);
            double end = 0;
            for (Map.Entry<String, Double> share : split.shares().entrySet()) {
                end += share.getValue();
                if (place < end) {
                    return share.getKey();
                }
            }
            return null;
        };
    }

    /** A place on [0, 1) that looks random but stays: the first 53 bits of the hash, as a binary fraction. */
    static double place(long seed, String path) {
        return (hash(seed, path) >>> 11) * 0x1.0p-53;
    }

    /**
     * The first 64 bits of the SHA-256 of the seed (8 bytes, most significant first) and the path in UTF-8. Published
     * versions depend on it.
     */
    static long hash(long seed, String path) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).flip());
        return ByteBuffer.wrap(digest.digest(path.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
