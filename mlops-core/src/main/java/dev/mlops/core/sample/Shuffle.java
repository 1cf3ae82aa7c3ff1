package dev.mlops.core.sample;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileQuery;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The order of samples. Trainings that are to be repeated depend on it, so it is defined here and not by a library's
 * random numbers: numbers come from SplitMix64 (Steele, Lea and Flood 2014), which begins with the first 64 bits of the
 * SHA-256 of manifest, query, seed and epoch; with them Durstenfeld's shuffle (1964) orders the files, which lie in the
 * order of their paths before.
 */
final class Shuffle {
    private static final long GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    private Shuffle(long state) {
        this.state = state;
    }

    /** The indexes of a shard's files in the order of an epoch: of the order of all every {@code shards}-th. */
    static int[] order(Sha256 identity, long epoch, int files, int shard, int shards) {
        int[] all = new int[files];
        for (int i = 0; i < files; i++) {
            all[i] = i;
        }
        Shuffle random = new Shuffle(first64(identity.hex() + " " + epoch));
        for (int i = files - 1; i > 0; i--) {
            int other = random.below(i + 1);
            int swapped = all[i];
            all[i] = all[other];
            all[other] = swapped;
        }
        int[] result = new int[shardSize(files, shard, shards)];
        for (int i = 0; i < result.length; i++) {
            result[i] = all[shard + i * shards];
        }
        return result;
    }

    static int shardSize(int files, int shard, int shards) {
        return (int) Math.max(0, ((long) files - shard + shards - 1) / shards);
    }

    /** What the order depends on besides the epoch. */
    static Sha256 identity(Sha256 manifest, FileQuery query, long seed) {
        String text = "%s\0%s\0%s\0%s\0%d".formatted(manifest, query.prefix(), query.glob(), query.split(), seed);
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static long first64(String text) {
        String hex = Sha256.of(text.getBytes(StandardCharsets.UTF_8)).hex();
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex)).getLong();
    }

    /** A number from 0 up to a bound, each equally likely: what the last, incomplete round would give is thrown away. */
    private int below(int bound) {
        while (true) {
            long bits = next() >>> 1;
            long value = bits % bound;
            if (bits - value + (bound - 1) >= 0) {
                return (int) value;
            }
        }
    }

    private long next() {
        state += GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
