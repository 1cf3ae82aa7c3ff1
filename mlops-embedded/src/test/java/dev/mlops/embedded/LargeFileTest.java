package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.object.ObjectBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file whose length and places do not fit into 32 bits; nearly all of it is the same chunk over and over. */
@Timeout(300)
class LargeFileTest {
    private static final String PATH = "large.bin";
    private static final long FOUR_GIGABYTES = 1L << 32;
    private static final long LENGTH = FOUR_GIGABYTES + 12_345;
    private static final byte[] MARKER = "marker".getBytes(StandardCharsets.US_ASCII);
    private static final long MARKED = FOUR_GIGABYTES + 100;
    /** By another program. */
    private static final Sha256 DIGEST = new Sha256("5ad7c432a39f70e89683d1bb7d484b3a2ce2dfd55dacf9c03076ab1e74c0e95d");

    @TempDir
    private Path home;

    @Test
    void whatLiesBeyondFourGigabytesIsStoredFoundAndVerified() throws IOException {
        try (Mlops mlops = EmbeddedMlops.open(home)) {
            DatasetStore datasets = mlops.projects().create("p").datasets();
            DatasetVersion version = datasets.publish(
                    "large", List.of(new FileSource(PATH, new Zeros())).iterator(), PublishOptions.defaults());

            assertThat(version.bytes()).isEqualTo(LENGTH);
            assertThat(datasets.file(version, PATH).size()).isEqualTo(LENGTH);
            assertThat(datasets.file(version, PATH).sha256()).isEqualTo(DIGEST);
            assertThat(mlops.storage().usage().packBytes()).isLessThan(1_000_000);
            try (InputStream in = datasets.open(version, PATH, MARKED - 200, 300)) {
                assertThat(in.readAllBytes()).isEqualTo(expected(200, 300));
            }
            try (SeekableByteChannel channel = datasets.openChannel(version, PATH)) {
                assertThat(channel.size()).isEqualTo(LENGTH);
                assertThat(read(channel, MARKED - 1, 10)).isEqualTo(expected(1, 10));
                assertThat(read(channel, 7, 10)).isEqualTo(new byte[10]);
                assertThat(read(channel, LENGTH - 3, 10)).isEqualTo(new byte[3]);
            }
            datasets.verify(version, ProgressListener.NONE, new Cancellation());
        }
    }

    /** {@code count} bytes with the marker after the first {@code before}. */
    private static byte[] expected(int before, int count) {
        byte[] bytes = new byte[count];
        System.arraycopy(MARKER, 0, bytes, before, MARKER.length);
        return bytes;
    }

    private static byte[] read(SeekableByteChannel channel, long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        channel.position(position);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            assertThat(channel.position()).isEqualTo(position + buffer.position());
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** Zeros but for the marker. */
    private static final class Zeros implements ObjectBody {
        @Override
        public long length() {
            return LENGTH;
        }

        @Override
        public InputStream open() {
            return new InputStream() {
                private long position;

                @Override
                public int read() {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0];
                }

                @Override
                public int read(byte[] bytes, int offset, int length) {
                    int count = (int) Math.min(length, LENGTH - position);
                    if (count == 0 && length > 0) {
                        return -1;
                    }
                    Arrays.fill(bytes, offset, offset + count, (byte) 0);
                    for (int i = 0; i < MARKER.length; i++) {
                        long at = MARKED + i - position;
                        if (at >= 0 && at < count) {
                            bytes[offset + (int) at] = MARKER[i];
                        }
                    }
                    position += count;
                    return count;
                }
            };
        }
    }
}
