package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.api.spi.object.PutResult;
import dev.mlops.core.pack.PackFooter;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Object stores that fail and lie: every fault is survived or typed, and nothing that was acknowledged is lost. */
@Timeout(120)
class ContentFaultTest {
    private static final int LARGE = 3 * 1024 * 1024;

    @TempDir
    Path directory;

    private final Map<Sha256, byte[]> acknowledged = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(3);
    private PackStoreFixture fixture;
    private int stores;

    @BeforeEach
    void open() {
        fixture = new PackStoreFixture(directory);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        fixture.close();
    }

    private FaultyObjectStore faulty(long seed) {
        return new FaultyObjectStore(fixture.objects, seed);
    }

    /** A store as of another process on another machine. */
    private PackContentStore open(FaultyObjectStore objects) {
        return fixture.open(objects, directory.resolve("index" + stores++), threads, 3);
    }

    /** Small, large and empty contents, in several packs, some of which an index lists. */
    private void fill(PackContentStore store) {
        for (int i = 0; i < 12; i++) {
            use(store, TestBodies.noise(i * 700, i));
        }
        use(store, TestBodies.noise(LARGE, 99), new byte[LARGE], TestBodies.noise(0, 0));
    }

    private void use(PackContentStore store, byte[]... contents) {
        List<Sha256> digests = new ArrayList<>();
        try (ContentWriter writer = store.writer(new Cancellation())) {
            for (byte[] bytes : contents) {
                digests.add(writer.put(TestSources.bytes(bytes)).digest());
            }
            writer.flush();
            ContentOwner owner =
                    new ContentOwner(ContentOwner.Kind.RUN, UUID.randomUUID().toString());
            fixture.metadata.transaction(tx -> {
                writer.use(tx, owner);
                return owner;
            });
        }
        for (int i = 0; i < contents.length; i++) {
            acknowledged.put(digests.get(i), contents[i]);
        }
    }

    private void assertNothingIsLost() throws IOException {
        try (PackContentStore honest = open(faulty(0))) {
            for (Map.Entry<Sha256, byte[]> one : acknowledged.entrySet()) {
                assertThat(isRead(honest, one.getKey(), one.getValue()))
                        .as("content of %d bytes", one.getValue().length)
                        .isTrue();
            }
        }
    }

    /** True if the right bytes were read, false if a typed failure said that they cannot be; anything else is thrown. */
    private static boolean isRead(PackContentStore store, Sha256 digest, byte[] expected) throws IOException {
        try (InputStream in = store.open(digest)) {
            byte[] found = in.readAllBytes();
            if (!Arrays.equals(found, expected)) {
                throw new AssertionError("other bytes than were stored, and no failure");
            }
            return true;
        } catch (MlopsException e) {
            return false;
        } catch (IOException e) {
            if (e.getCause() instanceof MlopsException) {
                return false;
            }
            throw e;
        }
    }

    /** Each seed another fault at another place of another object, for readers that come fresh. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverGivesWrongBytesOfALyingStore(long seed) throws IOException {
        fill(open(faulty(0)));
        List<String> keys = fixture.keys("");
        Random random = new Random(seed);
        int failures = 0;
        for (int i = 0; i < 12; i++) {
            String key = keys.get(random.nextInt(keys.size()));
            Fault fault =
                    readingFault(random, fixture.objects.head(key).orElseThrow().size());
            FaultyObjectStore lying = faulty(seed).inject(fault.keys(key::equals));
            try (PackContentStore reader = open(lying)) {
                for (Map.Entry<Sha256, byte[]> one : acknowledged.entrySet()) {
                    failures += isRead(reader, one.getKey(), one.getValue()) ? 0 : 1;
                }
            } catch (MlopsException e) {
                failures++;
            }
            assertNothingIsLost();
        }
        assertThat(failures).as("some faults hit something").isPositive();
    }

    private static Fault readingFault(Random random, long size) {
        long offset = size == 0 ? 0 : Math.floorMod(random.nextLong(), size);
        return switch (random.nextInt(6)) {
            case 0 -> Fault.truncated(offset);
            case 1 -> Fault.broken(offset);
            case 2 -> Fault.missing();
            case 3 -> Fault.tooLong(1 + random.nextInt(1_000));
            default -> Fault.flippedBit(offset, random.nextInt(8));
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void losesNothingWhileEverythingFailsNowAndThen(long seed) throws IOException {
        FaultyObjectStore flaky = faulty(seed)
                .inject(Fault.unavailable().withProbability(0.1))
                .inject(Fault.reportedAsFailed().withProbability(0.1))
                .inject(Fault.reportedAsExisting().withProbability(0.1))
                .inject(Fault.broken(500).withProbability(0.05))
                .inject(Fault.slow(Duration.ofMillis(2)).withProbability(0.2));
        Random random = new Random(seed);
        int failed = 0;
        for (int i = 0; i < 40; i++) {
            try (PackContentStore store = open(flaky)) {
                use(
                        store,
                        TestBodies.noise(random.nextInt(5_000), random.nextInt(20)),
                        TestBodies.noise(random.nextInt(LARGE), random.nextInt(5)));
            } catch (MlopsException e) {
                failed++;
            }
        }
        assertThat(failed).isPositive();
        assertThat(acknowledged).isNotEmpty();
        assertNothingIsLost();
        collectAll();
        assertNothingIsLost();
    }

    @Test
    void saysThatTheDiskIsFullAndGoesOnWhenItIsNot() throws IOException {
        FaultyObjectStore full = faulty(1);
        PackContentStore store = open(full);
        fill(store);
        full.inject(Fault.fullDisk(1_000_000));

        byte[] bytes = TestBodies.noise(LARGE, 7);
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> use(store, bytes))
                .withMessageContaining("No space left");
        assertNothingIsLost();

        full.heal();
        use(store, bytes);
        assertNothingIsLost();
    }

    @Test
    void writesNothingMoreWithAWriterThatFailed() {
        FaultyObjectStore failing = faulty(1);
        PackContentStore store = open(failing);
        failing.inject(
                Fault.unavailable().on(Call.PUT).keysStartingWith("pack/").first(1));
        try (ContentWriter writer = store.writer(new Cancellation())) {
            writer.put(TestSources.bytes(TestBodies.noise(1_000, 1)));
            assertThatExceptionOfType(UnavailableException.class).isThrownBy(writer::flush);
            assertThatExceptionOfType(UnavailableException.class)
                    .as("what failed once has not come true meanwhile")
                    .isThrownBy(writer::flush);
        }
    }

    /** Its buffer is empty again by then, and free for another: it must not be filled twice at a time. */
    @Test
    void failsEveryPutAfterAPackFailed() {
        FaultyObjectStore failing = faulty(1);
        failing.inject(
                Fault.unavailable().on(Call.PUT).keysStartingWith("pack/").first(1));
        PackContentStore store = fixture.open(failing, Runnable::run, 1);
        try (ContentWriter writer = store.writer(new Cancellation())) {
            assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> {
                for (int i = 0; i < 40; i++) {
                    writer.put(TestSources.bytes(TestBodies.noise(1_000_000, i)));
                }
            });
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> writer.put(TestSources.bytes(TestBodies.noise(1_000, 100))));
        }
    }

    /** With threads and without: an upload that dies of an Error has not happened. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void losesNoPackToAnError(boolean hasThreads) {
        AtomicInteger errors = new AtomicInteger(1);
        ObjectStore dying = new RemoteObjects(fixture.objects) {
            @Override
            public PutResult putIfAbsent(String key, ObjectBody body) {
                if (key.startsWith("pack/") && errors.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("a simulated one");
                }
                return super.putIfAbsent(key, body);
            }
        };
        PackContentStore store = fixture.open(dying, hasThreads ? threads : Runnable::run, 3);
        try (ContentWriter writer = store.writer(new Cancellation())) {
            writer.put(TestSources.bytes(TestBodies.noise(1_000, 1)));

            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(OutOfMemoryError.class)
                        .isThrownBy(writer::flush)
                        .withMessage("a simulated one");
            }
        }
        assertThat(store.contains(Sha256.of(TestBodies.noise(1_000, 1)))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pack/", "index/", "store.json"})
    void takesACreateThatSucceededButWasReportedAsFailed(String prefix) throws IOException {
        FaultyObjectStore lossy = faulty(1);
        PackContentStore store = open(lossy);
        lossy.inject(Fault.reportedAsFailed().keysStartingWith(prefix).first(1));
        int failed = 0;
        for (int i = 0; i < 12; i++) {
            try {
                use(store, TestBodies.noise(1_000, i));
            } catch (UnavailableException e) {
                failed++;
            }
        }
        assertThat(failed).isEqualTo(1);
        assertThat(acknowledged).hasSize(11);
        use(store, TestBodies.noise(1_000, 0), TestBodies.noise(1_000, 1), TestBodies.noise(1_000, 2));
        assertNothingIsLost();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pack/", "index/", "store.json"})
    void takesItsOwnObjectForItsOwnThoughItIsSaidToHaveExisted(String prefix) throws IOException {
        FaultyObjectStore lossy = faulty(1);
        lossy.inject(Fault.reportedAsExisting().keysStartingWith(prefix));
        fill(open(lossy));

        assertNothingIsLost();
    }

    @Test
    void forgetsThePackOfAWriterThatDiedBeforeItsObjectWasThere() throws IOException {
        FaultyObjectStore failing = faulty(1);
        PackContentStore store = open(failing);
        fill(store);
        failing.inject(Fault.unavailable().on(Call.PUT).keysStartingWith("pack/"));
        try (ContentWriter died = store.writer(new Cancellation())) {
            died.put(TestSources.bytes(TestBodies.noise(1_000, 1)));
            assertThatExceptionOfType(UnavailableException.class).isThrownBy(died::flush);
        }
        failing.heal();
        assertNothingIsLost();
        collectAll();
        assertNothingIsLost();
        long registered = fixture.metadata.<Long>read(
                tx -> (long) tx.content().packsAfter(0, 1_000).size());
        assertThat(registered).isEqualTo(fixture.keys("pack/").size());
    }

    /** Writers put and reuse what a collector without mercy condemns and deletes at the same time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void losesNothingToACollectionThatRacesWriters(long seed) throws Exception {
        PackContentStore store = open(faulty(0));
        List<ContentOwner> owners = new ArrayList<>();
        Thread collector = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                collectAll();
            }
        });
        collector.start();
        Random random = new Random(seed);
        try {
            for (int i = 0; i < 60; i++) {
                byte[] bytes = TestBodies.noise(500 + random.nextInt(4) * 400_000, random.nextInt(6));
                // Half of the contents are left to the collector, to be put again later.
                if (random.nextBoolean()) {
                    TestSources.put(store, TestSources.bytes(bytes));
                } else {
                    owners.add(useReusing(store, bytes));
                }
            }
        } finally {
            collector.interrupt();
            collector.join();
        }
        assertThat(owners).isNotEmpty();
        assertNothingIsLost();
    }

    /** As a publish does: reuse, else put; when something was collected meanwhile, from the beginning. */
    private ContentOwner useReusing(PackContentStore store, byte[] bytes) {
        ContentOwner owner =
                new ContentOwner(ContentOwner.Kind.RUN, UUID.randomUUID().toString());
        for (int attempt = 1; ; attempt++) {
            try (ContentWriter writer = store.writer(new Cancellation())) {
                if (writer.reuse(Sha256.of(bytes)).isEmpty()) {
                    writer.put(TestSources.bytes(bytes));
                }
                writer.flush();
                fixture.metadata.transaction(tx -> {
                    writer.use(tx, owner);
                    return owner;
                });
                acknowledged.put(Sha256.of(bytes), bytes);
                return owner;
            } catch (ConflictException e) {
                assertThat(attempt).as("a new writer is not fooled for ever").isLessThan(50);
            }
        }
    }

    /** As a collection without grace: condemn, bury, delete the objects, forget. */
    private void collectAll() {
        fixture.metadata.transaction(tx -> tx.content().condemn());
        List<String> dead =
                fixture.metadata.<List<String>>transaction(tx -> tx.content().bury(Duration.ZERO, 1_000).stream()
                        .map(pack -> pack.id())
                        .toList());
        dead.forEach(id -> fixture.objects.delete(PackFooter.key(id)));
        fixture.metadata.transaction(tx -> {
            tx.content().forgetPacks(dead);
            return dead;
        });
    }
}
