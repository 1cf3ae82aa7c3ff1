package dev.mlops.core.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class BlobIdTest {
    @Property(tries = 300)
    void isItsBytesInEveryForm(@ForAll @Size(32) byte[] bytes, @ForAll @Size(32) byte[] others) {
        BlobId id = BlobId.ofDigest(bytes);
        assertThat(id.hex()).isEqualTo(HexFormat.of().formatHex(bytes)).isEqualTo(id.toString());
        assertThat(BlobId.of(new Sha256(id.hex()))).isEqualTo(id).hasSameHashCodeAs(id);
        assertThat(id.sha256().hex()).isEqualTo(id.hex());
        ByteBuffer buffer = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        id.write(buffer);
        assertThat(buffer.array()).isEqualTo(bytes);
        assertThat(buffer.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(BlobId.read(buffer.flip())).isEqualTo(id);
        BlobId other = BlobId.ofDigest(others);
        assertThat(Integer.signum(id.compareTo(other)))
                .isEqualTo(Integer.signum(Arrays.compareUnsigned(bytes, others)));
        assertThat(id.equals(other)).isEqualTo(Arrays.equals(bytes, others));
    }

    @Example
    void hasThirtyTwoBytes() {
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> BlobId.ofDigest(new byte[31]));
    }
}
