package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyBytesTest {
    private static final int MOST = 10_000;

    private final HeldBytes held = new HeldBytes(MOST);
    private final HeldBytes.Share share = held.share();

    @ParameterizedTest
    @ValueSource(longs = {-1, 9_999, MOST})
    void noMoreIsHeldThanTwiceWhatCame(long announced) {
        BodyBytes body = new BodyBytes(MOST, announced, share);
        for (int came = 3; came <= 9_999; came += 3) {
            body.add(ByteBuffer.wrap(new byte[] {1, 2, 3}), false);

            assertThat(held.count()).isBetween((long) came, 2L * came);
        }

        assertThat(body.length()).isEqualTo(9_999);
        assertThat(body.isTooLong() || body.isTooMuch()).isFalse();
        byte[] bytes = body.take();
        assertThat(Arrays.copyOfRange(bytes, 9_996, 9_999)).containsExactly(1, 2, 3);
        assertThat(held.count()).isEqualTo(bytes.length);
        share.close();
        assertThat(held.count()).isZero();
    }

    @Test
    void whatFindsNoRoomOrIsTooLongHoldsNothing() {
        HeldBytes.Share other = held.share();
        assertThat(other.grow(MOST - 5)).isTrue();
        BodyBytes body = new BodyBytes(MOST, -1, share);
        body.add(ByteBuffer.wrap(new byte[5]), false);
        assertThat(body.isTooMuch()).isFalse();

        body.add(ByteBuffer.wrap(new byte[1]), false);
        assertThat(body.isTooMuch()).isTrue();
        assertThat(held.count()).isEqualTo(MOST - 5);

        other.close();
        body.add(ByteBuffer.wrap(new byte[1]), true);
        assertThat(body.isTooMuch()).isTrue();
        body.add(ByteBuffer.wrap(new byte[MOST]), true);
        assertThat(body.isTooLong()).isTrue();
        assertThat(held.count()).isZero();
    }

    @Test
    void answersCountThoughThereIsNoRoomUntilTheyAreSent() {
        share.become(2 * MOST);
        assertThat(held.count()).isEqualTo(2 * MOST);
        assertThat(held.share().grow(1)).isFalse();

        share.close();
        share.become(1);
        assertThat(share.grow(1)).isFalse();
        assertThat(held.count()).isZero();
    }
}
