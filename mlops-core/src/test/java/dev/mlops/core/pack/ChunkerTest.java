package dev.mlops.core.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The vectors of docs/storage-format.md. */
class ChunkerTest {
    @Test
    void cutsTheDocumentedBytesAtTheDocumentedPlaces() {
        assertThat(cuts(StoreFormat.DEFAULTS, documented(3_000_000)))
                .containsExactly(
                        306_606, 574_125, 893_422, 981_258, 1_247_756, 1_695_986, 2_011_683, 2_553_081, 2_864_543,
                        3_000_000);
        assertThat(cuts(new StoreFormat(64, 256, 1024, 1 << 20, 1), documented(3000)))
                .containsExactly(271, 573, 847, 1154, 1476, 1891, 2011, 2285, 2548, 2755, 2948, 3000);
    }

    @Test
    void bytesThatAreAllAlikeAreCutAtTheGreatestLength() {
        assertThat(cuts(StoreFormat.DEFAULTS, new byte[2_500_000])).containsExactly(1_048_576, 2_097_152, 2_500_000);
    }

    /** x' = 6364136223846793005 x + 1442695040888963407, from x = 0; the top byte of each x'. */
    private static byte[] documented(int length) {
        byte[] bytes = new byte[length];
        long x = 0;
        for (int i = 0; i < length; i++) {
            x = x * 6364136223846793005L + 1442695040888963407L;
            bytes[i] = (byte) (x >>> 56);
        }
        return bytes;
    }

    private static List<Integer> cuts(StoreFormat format, byte[] bytes) {
        Chunker chunker = new Chunker(format);
        List<Integer> cuts = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            at += chunker.next(bytes, at, bytes.length - at);
            cuts.add(at);
        }
        return cuts;
    }
}
