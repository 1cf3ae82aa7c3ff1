package dev.mlops.core.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileQuery;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ShuffleTest {
    private static final Sha256 MANIFEST = Sha256.of(new byte[] {1});

    private static Sha256 identity(long seed) {
        return Shuffle.identity(MANIFEST, FileQuery.ALL, seed);
    }

    @Property(tries = 300)
    void shardsHaveEachFileOnceAndDifferInSizeByOneAtMost(
            @ForAll @IntRange(max = 2000) int files,
            @ForAll @IntRange(min = 1, max = 40) int shards,
            @ForAll long seed,
            @ForAll @LongRange(min = 0) long epoch) {
        int[] all = new int[files];
        int found = 0;
        for (int shard = 0; shard < shards; shard++) {
            int[] order = Shuffle.order(identity(seed), epoch, files, shard, shards);
            assertThat(order.length).isBetween(files / shards, (files + shards - 1) / shards);
            System.arraycopy(order, 0, all, found, order.length);
            found += order.length;
        }
        assertThat(found).isEqualTo(files);
        assertThat(Arrays.stream(all).sorted().toArray())
                .isEqualTo(IntStream.range(0, files).toArray());
    }

    @Property(tries = 100)
    void anotherSeedEpochQueryOrManifestGivesAnotherOrder(@ForAll long seed, @ForAll @LongRange(min = 0) long epoch) {
        int[] order = Shuffle.order(identity(seed), epoch, 100, 0, 1);
        assertThat(Shuffle.order(identity(seed), epoch, 100, 0, 1)).isEqualTo(order);
        assertThat(Shuffle.order(identity(seed + 1), epoch, 100, 0, 1)).isNotEqualTo(order);
        assertThat(Shuffle.order(identity(seed), epoch ^ 1, 100, 0, 1)).isNotEqualTo(order);
        Sha256 otherQuery = Shuffle.identity(MANIFEST, FileQuery.split("train"), seed);
        Sha256 otherManifest = Shuffle.identity(otherQuery, FileQuery.ALL, seed);
        assertThat(Shuffle.order(otherQuery, epoch, 100, 0, 1)).isNotEqualTo(order);
        assertThat(Shuffle.order(otherManifest, epoch, 100, 0, 1)).isNotEqualTo(order);
    }

    @Test
    void everyOrderOfFewFilesComesUp() {
        Set<String> orders = new HashSet<>();
        for (int epoch = 0; epoch < 2000; epoch++) {
            orders.add(Arrays.toString(Shuffle.order(identity(7), epoch, 4, 0, 1)));
        }
        assertThat(orders).hasSize(24);
    }
}
