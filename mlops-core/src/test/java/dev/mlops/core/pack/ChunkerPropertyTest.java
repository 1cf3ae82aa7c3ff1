package dev.mlops.core.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.testkit.object.TestBodies;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChunkerPropertyTest {
    private static final StoreFormat SMALL = new StoreFormat(64, 256, 1024, 1 << 16, 1);
    private static final StoreFormat ODD = new StoreFormat(1000, 4096, 20_001, 1 << 16, 1);

    @Property(tries = 300)
    void cutsWhereThePlainOneCuts(
            @ForAll long seed,
            @ForAll @IntRange(max = 60_000) int length,
            @ForAll @IntRange(max = 100) int offset,
            @ForAll @IntRange(min = 1, max = 256) int symbols) {
        byte[] bytes = text(seed, offset + length, symbols);
        for (StoreFormat format : List.of(SMALL, ODD)) {
            Chunker chunker = new Chunker(format);
            int at = offset;
            while (at < bytes.length) {
                int expected = PlainChunker.next(format, bytes, at, bytes.length - at);
                assertThat(chunker.next(bytes, at, bytes.length - at)).isEqualTo(expected);
                at += expected;
            }
            assertThat(chunker.next(bytes, at, 0)).isZero();
        }
    }

    @Property(tries = 10)
    void cutsWhereThePlainOneCutsWithTheDefaults(@ForAll long seed, @ForAll @IntRange(max = 3_000_000) int length) {
        byte[] bytes = TestBodies.noise(length, seed);
        Chunker chunker = new Chunker(StoreFormat.DEFAULTS);
        for (int at = 0, n; at < length; at += n) {
            n = chunker.next(bytes, at, length - at);
            assertThat(n).isEqualTo(PlainChunker.next(StoreFormat.DEFAULTS, bytes, at, length - at));
        }
    }

    @Property(tries = 200)
    void lengthsAreWithinBounds(
            @ForAll long seed,
            @ForAll @IntRange(max = 60_000) int length,
            @ForAll @IntRange(min = 1, max = 256) int symbols) {
        byte[] bytes = text(seed, length, symbols);
        List<Integer> lengths = lengths(SMALL, bytes);
        assertThat(lengths.stream().mapToInt(n -> n).sum()).isEqualTo(length);
        if (!lengths.isEmpty()) {
            assertThat(lengths.subList(0, lengths.size() - 1)).allMatch(n -> n > 64 && n <= 1024);
            assertThat(lengths.get(lengths.size() - 1)).isBetween(1, 1024);
        }
    }

    @Property(tries = 200)
    void onlyTheNextChunkMaxBytesMatter(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5000) int more) {
        byte[] bytes = TestBodies.noise(SMALL.chunkMax() + more, seed);
        Chunker chunker = new Chunker(SMALL);
        assertThat(chunker.next(bytes, 0, SMALL.chunkMax())).isEqualTo(chunker.next(bytes, 0, bytes.length));
    }

    @Property(tries = 100)
    void anInsertionMovesOnlyCutsNearIt(
            @ForAll long seed,
            @ForAll @IntRange(max = 99_999) int position,
            @ForAll @IntRange(min = 1, max = 200) int inserted) {
        byte[] before = TestBodies.noise(100_000, seed);
        byte[] after = new byte[before.length + inserted];
        System.arraycopy(before, 0, after, 0, position);
        System.arraycopy(TestBodies.noise(inserted, seed + 1), 0, after, position, inserted);
        System.arraycopy(before, position, after, position + inserted, before.length - position);

        Set<Integer> cutsFromTheEnd =
                new HashSet<>(cuts(before).stream().map(c -> before.length - c).toList());
        long moved = cuts(after).stream()
                .filter(cut -> cut > position + inserted)
                .filter(cut -> !cutsFromTheEnd.contains(after.length - cut))
                .count();
        assertThat(cuts(after).stream().filter(cut -> cut <= position).toList())
                .isEqualTo(cuts(before).stream().filter(cut -> cut <= position).toList());
        assertThat(moved).as("of %d cuts", cuts(after).size()).isLessThan(40);
    }

    @Property(tries = 20)
    void theAverageIsNearTheOneAskedFor(@ForAll long seed) {
        byte[] bytes = TestBodies.noise(400_000, seed);
        double average = (double) bytes.length / lengths(SMALL, bytes).size();
        assertThat(average).isBetween(0.75 * SMALL.chunkAverage(), 1.5 * SMALL.chunkAverage());
    }

    private static List<Integer> lengths(StoreFormat format, byte[] bytes) {
        Chunker chunker = new Chunker(format);
        List<Integer> lengths = new ArrayList<>();
        for (int at = 0, n; at < bytes.length; at += n) {
            n = chunker.next(bytes, at, bytes.length - at);
            lengths.add(n);
        }
        return lengths;
    }

    private static List<Integer> cuts(byte[] bytes) {
        int[] ends = lengths(SMALL, bytes).stream().mapToInt(n -> n).toArray();
        Arrays.parallelPrefix(ends, Integer::sum);
        return Arrays.stream(ends).boxed().toList();
    }

    private static byte[] text(long seed, int length, int symbols) {
        byte[] bytes = TestBodies.noise(length, seed);
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ((bytes[i] & 0xff) % symbols);
        }
        return bytes;
    }
}
