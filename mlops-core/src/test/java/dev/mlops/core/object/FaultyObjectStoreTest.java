package dev.mlops.core.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.PutResult;
import dev.mlops.testkit.object.Fault;
import dev.mlops.testkit.object.Fault.Call;
import dev.mlops.testkit.object.FaultyObjectStore;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyObjectStoreTest {
    private static final byte[] BYTES = TestBodies.noise(1_000, 1);

    @TempDir
    Path directory;

    private FaultyObjectStore store;

    @BeforeEach
    void openStore() {
        store = new FaultyObjectStore(FileObjectStore.open(directory), 42);
        store.putIfAbsent("pack/a", ObjectBody.of(BYTES));
        store.putIfAbsent("index/a", ObjectBody.of(BYTES));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void failsTheCallThatItWasTold() throws IOException {
        store.inject(Fault.unavailable().on(Call.GET).keysStartingWith("pack/").nth(2));

        assertThat(read("pack/a")).isEqualTo(BYTES);
        assertThat(read("index/a")).isEqualTo(BYTES);
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> store.get("pack/a"))
                .withMessageContaining("pack/a");
        assertThat(read("pack/a")).isEqualTo(BYTES);
        assertThat(store.calls(Call.GET)).isEqualTo(4);
    }

    @Test
    void failsAtRandomAndTheSameWayForTheSameSeed() {
        List<Boolean> failures = failuresOf(new FaultyObjectStore(FileObjectStore.open(directory), 7));

        assertThat(failures).contains(true, false);
        assertThat(failuresOf(new FaultyObjectStore(FileObjectStore.open(directory), 7)))
                .isEqualTo(failures);
        assertThat(failuresOf(new FaultyObjectStore(FileObjectStore.open(directory), 8)))
                .isNotEqualTo(failures);
    }

    private static List<Boolean> failuresOf(FaultyObjectStore random) {
        List<Boolean> failures = new ArrayList<>();
        try (random) {
            random.inject(Fault.unavailable().withProbability(0.5));
            for (int i = 0; i < 64; i++) {
                try {
                    random.head("pack/a");
                    failures.add(false);
                } catch (UnavailableException e) {
                    failures.add(true);
                }
            }
        }
        return failures;
    }

    @Test
    void doesWhatItReportsAsFailed() throws IOException {
        store.inject(Fault.reportedAsFailed().first(1));

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> store.putIfAbsent("pack/b", ObjectBody.of(BYTES)));
        assertThat(store.putIfAbsent("pack/b", ObjectBody.of(BYTES))).isEqualTo(PutResult.EXISTED);
        assertThat(read("pack/b")).isEqualTo(BYTES);
    }

    @Test
    void createsWhatItReportsAsExisting() throws IOException {
        store.inject(Fault.reportedAsExisting().first(1));

        assertThat(store.putIfAbsent("pack/b", ObjectBody.of(BYTES))).isEqualTo(PutResult.EXISTED);
        assertThat(read("pack/b")).isEqualTo(BYTES);
    }

    @Test
    void flipsOneBitWhereverTheReadingBegins() throws IOException {
        store.inject(Fault.flippedBit(500, 3));
        byte[] flipped = BYTES.clone();
        flipped[500] ^= 8;

        assertThat(read("pack/a")).isEqualTo(flipped);
        assertThat(range(500, 1)).isEqualTo(Arrays.copyOfRange(flipped, 500, 501));
        assertThat(range(499, 3)).isEqualTo(Arrays.copyOfRange(flipped, 499, 502));
        assertThat(range(501, 100)).isEqualTo(Arrays.copyOfRange(BYTES, 501, 601));
        try (InputStream in = store.get("pack/a")) {
            assertThat(in.skip(499)).isEqualTo(499);
            assertThat(in.read()).isEqualTo(BYTES[499] & 0xff);
            assertThat(in.read()).isEqualTo(flipped[500] & 0xff);
        }
    }

    @Test
    void cutsBodies() throws IOException {
        store.inject(Fault.truncated(600));

        assertThat(read("pack/a")).isEqualTo(Arrays.copyOf(BYTES, 600));
        assertThat(range(590, 100)).isEqualTo(Arrays.copyOfRange(BYTES, 590, 600));
        assertThat(range(700, 100)).isEmpty();
    }

    @Test
    void breaksBodies() throws IOException {
        store.inject(Fault.broken(600));

        assertThat(range(0, 600)).hasSize(600);
        try (InputStream in = store.get("pack/a")) {
            assertThat(in.readNBytes(600)).hasSize(600);
            assertThatIOException().isThrownBy(in::read).withMessageContaining("600");
        }
    }

    @Test
    void liesAboutLengths() {
        store.inject(Fault.wrongLength(-5_000).on(Call.HEAD))
                .inject(Fault.wrongLength(7).on(Call.LIST));

        assertThat(store.head("pack/a")).map(ObjectInfo::size).contains(0L);
        assertThat(store.list("pack/").next().size()).isEqualTo(1_007);
    }

    @Test
    void hidesObjects() {
        store.inject(Fault.missing().keysStartingWith("pack/"));

        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> store.get("pack/a"));
        assertThat(store.head("pack/a")).isEmpty();
        assertThat(keys()).containsExactly("index/a");

        store.heal();
        assertThat(keys()).containsExactly("index/a", "pack/a");
    }

    @Test
    void omitsFromListingsOnly() throws IOException {
        store.inject(Fault.missing().on(Call.LIST).nth(2));

        assertThat(keys()).containsExactly("index/a");
        assertThat(keys()).containsExactly("index/a", "pack/a");
        assertThat(read("pack/a")).isEqualTo(BYTES);
    }

    @Test
    void failsListings() {
        store.inject(Fault.unavailable().on(Call.LIST).first(1));

        assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> store.list(""));
        assertThat(keys()).hasSize(2);
    }

    @Test
    void runsFull() {
        store.inject(Fault.fullDisk(2_500));

        store.putIfAbsent("pack/b", ObjectBody.of(BYTES));
        store.putIfAbsent("pack/c", ObjectBody.of(BYTES));
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> store.putIfAbsent("pack/d", ObjectBody.of(BYTES)))
                .withMessageContaining("No space left");
        assertThat(store.head("pack/d")).isEmpty();
        assertThat(store.delete("pack/b")).isTrue();
    }

    @Test
    void waits() {
        store.inject(Fault.slow(Duration.ofMillis(20)).on(Call.HEAD).first(1));
        long start = System.nanoTime();
        store.head("pack/a");

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    }

    private byte[] read(String key) throws IOException {
        try (InputStream in = store.get(key)) {
            return in.readAllBytes();
        }
    }

    private byte[] range(long offset, long length) throws IOException {
        try (InputStream in = store.get("pack/a", offset, length)) {
            return in.readAllBytes();
        }
    }

    private List<String> keys() {
        List<String> keys = new ArrayList<>();
        store.list("").forEachRemaining(info -> keys.add(info.key()));
        return keys;
    }
}
