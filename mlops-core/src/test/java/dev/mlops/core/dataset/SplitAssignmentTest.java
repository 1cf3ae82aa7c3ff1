package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.Split;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitAssignmentTest {
    /** Published versions depend on these: a change would move files between splits. */
    @Test
    void placesAreTheDocumentedOnesForEver() {
        assertThat(SplitAssignment.place(42, "train/0.png")).isEqualTo(expectedPlace(42, "train/0.png"));
        assertThat(SplitAssignment.place(0, "a")).isNotEqualTo(SplitAssignment.place(1, "a"));
    }

    private static double expectedPlace(long seed, String path) {
        byte[] text = path.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[8 + text.length];
        for (int i = 0; i < 8; i++) {
            all[i] = (byte) (seed >>> (56 - 8 * i));
        }
        System.arraycopy(text, 0, all, 8, text.length);
        String hex = Sha256.of(all).hex();
        BigInteger first53 = new BigInteger(hex.substring(0, 14), 16).shiftRight(3);
        return first53.doubleValue() / (1L << 53);
    }

    @Test
    void sharesAreMetWithinWhatChanceAllows() {
        SplitAssignment splits =
                SplitAssignment.byRatio(Split.ratio("a", 0.6).and("b", 0.3).seed(5));
        int files = 20_000;
        double inA = share(splits, "a", files);
        double inB = share(splits, "b", files);
        double inNone = share(splits, null, files);

        assertThat(inA).isCloseTo(0.6, within(0.015));
        assertThat(inB).isCloseTo(0.3, within(0.015));
        assertThat(inNone).isCloseTo(0.1, within(0.015));
    }

    private static double share(SplitAssignment splits, String name, int files) {
        long count = IntStream.range(0, files)
                .mapToObj(i -> splits.splitOf("images/" + i + ".png"))
                .filter(split -> Objects.equals(split, name))
                .count();
        return (double) count / files;
    }
}
