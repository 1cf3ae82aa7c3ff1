package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.testkit.object.Fault;
import dev.mlops.testkit.object.Fault.Call;
import dev.mlops.testkit.object.FaultyObjectStore;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a channel asks an object store whose objects are no local files. */
class ContentChannelTest {
    private static final byte[] BYTES = TestBodies.noise(16_000_000, 7);
    private static final int PIECE = 50_000;

    @TempDir
    Path directory;

    private PackStoreFixture fixture;
    private FaultyObjectStore objects;
    private Sha256 digest;

    @BeforeEach
    void store() {
        fixture = new PackStoreFixture(directory);
        objects = new FaultyObjectStore(fixture.objects, 1);
        try (ContentWriter writer = fixture.open().writer(new Cancellation())) {
            digest = writer.put(ContentSource.of("large", ObjectBody.of(BYTES))).digest();
            writer.flush();
        }
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private SeekableByteChannel channel(Executor executor) {
        return fixture.open(objects, directory.resolve("other"), executor, 1).channel(digest);
    }

    private static byte[] read(SeekableByteChannel channel, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        while (target.hasRemaining() && channel.read(target) >= 0) {}
        return Arrays.copyOf(target.array(), target.position());
    }

    private void assertReadsAll(Executor executor) throws IOException {
        try (SeekableByteChannel channel = channel(executor)) {
            int before = objects.calls(Call.GET);
            for (int at = 0; at < BYTES.length; at += PIECE) {
                assertThat(read(channel, PIECE)).isEqualTo(part(at, PIECE));
            }
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(objects.calls(Call.GET) - before).as("of some 60 chunks").isLessThanOrEqualTo(10);
        }
    }

    private static byte[] part(int at, int length) {
        return Arrays.copyOfRange(BYTES, at, Math.min(BYTES.length, at + length));
    }

    @Test
    void whoReadsOnGetsGroupsOfChunks() throws IOException {
        assertReadsAll(Runnable::run);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            assertReadsAll(threads);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anExecutorThatGivesNoThreadsDoesNotMatter() throws IOException {
        assertReadsAll(neverRun -> {});
        assertReadsAll(refused -> {
            throw new RejectedExecutionException("no threads");
        });
    }

    @Test
    void aJumpReadsOneChunk() throws IOException {
        try (SeekableByteChannel channel = channel(Runnable::run)) {
            int before = objects.calls(Call.GET);
            for (int at : new int[] {12_000_000, 3_000_000, 9_000_000, 0}) {
                channel.position(at);
                assertThat(read(channel, 10)).isEqualTo(part(at, 10));
            }
            assertThat(objects.calls(Call.GET) - before).isEqualTo(4);
        }
    }

    @Test
    void jumpsAndReadingOnMayAlternate() throws IOException {
        Random random = new Random(11);
        try (SeekableByteChannel channel = channel(Runnable::run)) {
            for (int i = 0; i < 30; i++) {
                int at = random.nextInt(BYTES.length);
                channel.position(at);
                for (int length : new int[] {1, random.nextInt(700_000), random.nextInt(3_000_000)}) {
                    assertThat(read(channel, length)).isEqualTo(part(at, length));
                    at = Math.min(BYTES.length, at + length);
                }
            }
        }
    }

    @Test
    void aDamagedChunkKeepsNoOtherFromBeingRead() throws IOException {
        String pack = fixture.keys("pack/").stream()
                .max((a, b) -> Long.compare(size(a), size(b)))
                .orElseThrow();
        fixture.flip(pack, 8_000_000);
        try (SeekableByteChannel channel = channel(Runnable::run)) {
            int good = 0;
            for (int at = 0; at < BYTES.length; at += PIECE) {
                channel.position(at);
                try {
                    assertThat(read(channel, PIECE)).isEqualTo(part(at, PIECE));
                    good++;
                } catch (IOException e) {
                    assertThat(e).hasCauseInstanceOf(IntegrityException.class);
                    assertThat(at).isBetween(8_000_000 - 1_500_000, 8_000_000 + 1_500_000);
                }
            }
            assertThat(good).isGreaterThan(BYTES.length / PIECE - 30).isLessThan(BYTES.length / PIECE);
        }
    }

    private long size(String key) {
        return fixture.objects.head(key).orElseThrow().size();
    }

    @Test
    void aStoreThatIsAwayForAWhileIsAskedAgain() throws IOException {
        try (SeekableByteChannel channel = channel(Runnable::run)) {
            read(channel, 2_000_000);
            objects.inject(Fault.unavailable().on(Call.GET));
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(channel, 12_000_000));
            objects.heal();
            long at = channel.position();
            assertThat(read(channel, 1_000_000)).isEqualTo(part((int) at, 1_000_000));
        }
    }
}
