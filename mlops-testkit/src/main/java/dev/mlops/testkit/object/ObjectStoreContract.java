package dev.mlops.testkit.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.api.spi.object.PutResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link ObjectStore} must do. Extend it and say how to open a store; failures of the backend itself (disk
 * full, refused credentials) are for the tests of that backend.
 */
@SuppressWarnings("resource") // the stores are closed after each test
public abstract class ObjectStoreContract {
    private static final int LARGE = 21 * 1024 * 1024 + 7;

    private final List<ObjectStore> opened = Collections.synchronizedList(new ArrayList<>());

    /** For subclasses. */
    protected ObjectStoreContract() {}

    /**
     * Opens one more store on the place of this test: the same place for every call in a test, and empty at its start.
     * This class closes the store.
     */
    protected abstract ObjectStore openStore();

    /** How far the clock of the backend may be from this machine's; one minute unless overridden. */
    protected Duration clockTolerance() {
        return Duration.ofMinutes(1);
    }

    /**
     * False where the server of the tests (not the store under test) cannot hold an object {@code a} beside an object
     * {@code a/b}; true unless overridden.
     */
    protected boolean allowsKeysBelowKeys() {
        return true;
    }

    /** False where of several writers of one key the last may win; then the store must say so. True unless overridden. */
    protected boolean letsOneWriterWin() {
        return true;
    }

    /** True where each object is a local file; false unless overridden. */
    protected boolean keepsLocalFiles() {
        return false;
    }

    /** True where addresses for downloads can be signed; false unless overridden. */
    protected boolean presigns() {
        return false;
    }

    @AfterEach
    final void closeStores() {
        opened.forEach(ObjectStore::close);
    }

    private ObjectStore store() {
        ObjectStore store = openStore();
        opened.add(store);
        return store;
    }

    @Test
    void createsAnObjectThatAnotherStoreOnTheSamePlaceReads() throws IOException {
        assertThat(store().putIfAbsent("models/digits.onnx", TestBodies.text("weights")))
                .isEqualTo(PutResult.CREATED);

        assertThat(read(store().get("models/digits.onnx"))).asString().isEqualTo("weights");
    }

    @Test
    void leavesAnObjectAloneWhoseKeyIsTaken() throws IOException {
        ObjectStore store = store();
        store.putIfAbsent("a", TestBodies.text("first"));

        assertThat(store.putIfAbsent("a", TestBodies.text("the second, which is longer")))
                .isEqualTo(PutResult.EXISTED);
        assertThat(store().putIfAbsent("a", TestBodies.text("first"))).isEqualTo(PutResult.EXISTED);
        assertThat(read(store.get("a"))).asString().isEqualTo("first");
    }

    @Test
    void saysWhatItDoesNotPromise() {
        assertThat(store().limitations().isEmpty()).isEqualTo(letsOneWriterWin());
    }

    @Test
    void letsExactlyOneOfManyRacingWritersCreateAnObject() throws Exception {
        assumeThat(letsOneWriterWin()).isTrue();
        List<ObjectStore> stores = List.of(store(), store());
        for (int round = 0; round < 10; round++) {
            String key = "race/" + round;
            List<PutResult> results =
                    together(8, i -> stores.get(i % 2).putIfAbsent(key, ObjectBody.of(filled(50_000, i))));

            assertThat(Collections.frequency(results, PutResult.CREATED)).isEqualTo(1);
            int winner = results.indexOf(PutResult.CREATED);
            assertThat(read(stores.get(0).get(key))).isEqualTo(filled(50_000, winner));
        }
    }

    @Test
    void showsAReaderTheWholeObjectOrNone() throws Exception {
        ObjectStore store = store();
        byte[] bytes = TestBodies.noise(300_000, 1);
        together(4, i -> {
            for (int n = 0; n < 15; n++) {
                String key = "visible/" + n;
                if (i == 0) {
                    store.putIfAbsent(key, ObjectBody.of(bytes));
                } else if (store.head(key).isPresent()) {
                    assertThat(read(store.get(key))).isEqualTo(bytes);
                }
            }
            return i;
        });
        assertThat(keys(store, "visible/")).hasSize(15);
    }

    @Test
    void holdsAnEmptyObject() throws IOException {
        ObjectStore store = store();

        assertThat(store.putIfAbsent("empty", ObjectBody.of(new byte[0]))).isEqualTo(PutResult.CREATED);
        assertThat(store.putIfAbsent("empty", TestBodies.text("x"))).isEqualTo(PutResult.EXISTED);
        assertThat(read(store.get("empty"))).isEmpty();
        assertThat(read(store.get("empty", 0, 10))).isEmpty();
        assertThat(store.head("empty")).map(ObjectInfo::size).contains(0L);
    }

    @Test
    void holdsALargeObject() throws IOException {
        ObjectStore store = store();
        byte[] bytes = TestBodies.noise(LARGE, 2);

        store.putIfAbsent("large", ObjectBody.of(bytes));

        assertThat(store.head("large")).map(ObjectInfo::size).contains((long) LARGE);
        assertThat(Arrays.equals(read(store.get("large")), bytes)).isTrue();
        assertThat(read(store.get("large", LARGE - 5, 100))).isEqualTo(Arrays.copyOfRange(bytes, LARGE - 5, LARGE));
    }

    @Test
    void refusesABodyThatGivesFewerBytesThanItSays() {
        refusesLengthOf("short", TestBodies.lying(10, new byte[9]));
        refusesLengthOf("nothing", TestBodies.lying(1, new byte[0]));
        refusesLengthOf("short-large", TestBodies.lying(3_000_000, new byte[2_000_000]));
    }

    @Test
    void refusesABodyThatGivesMoreBytesThanItSays() {
        refusesLengthOf("long", TestBodies.lying(10, new byte[11]));
        refusesLengthOf("not-empty", TestBodies.lying(0, new byte[1]));
        refusesLengthOf("long-large", TestBodies.lying(2_000_000, new byte[3_000_000]));
    }

    @Test
    void refusesABodyOfNegativeLength() {
        refusesLengthOf("negative", TestBodies.lying(-1, new byte[1]));
    }

    private void refusesLengthOf(String key, ObjectBody body) {
        ObjectStore store = store();
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> store.putIfAbsent(key, body))
                .withMessageContaining(key);
        assertIsAbsentAndFree(store, key);
    }

    @Test
    void leavesNothingOfABodyThatFailsInTheMiddle() {
        ObjectStore store = store();
        ObjectBody body = TestBodies.failing(3_000_000, new byte[1_500_000], "the disk of the source broke");

        assertThatThrownBy(() -> store.putIfAbsent("torn", body))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("torn")
                .hasMessageContaining("the disk of the source broke");
        assertIsAbsentAndFree(store, "torn");
    }

    @Test
    void passesOnWhatABodyThrowsOnPurpose() {
        ObjectStore store = store();
        ObjectBody body = new ObjectBody() {
            @Override
            public long length() {
                return 10;
            }

            @Override
            public InputStream open() {
                throw new NotFoundException("no source");
            }
        };

        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> store.putIfAbsent("refused", body))
                .withMessage("no source");
        assertIsAbsentAndFree(store, "refused");
    }

    private static void assertIsAbsentAndFree(ObjectStore store, String key) {
        assertThat(store.head(key)).isEmpty();
        assertThat(keys(store, "")).doesNotContain(key);
        assertThat(store.putIfAbsent(key, TestBodies.text("good"))).isEqualTo(PutResult.CREATED);
    }

    @Test
    void closesEveryStreamOfABody() {
        ObjectStore store = store();
        for (ObjectBody body : List.of(
                TestBodies.text("good"),
                TestBodies.text("taken"),
                TestBodies.lying(5, new byte[6]),
                TestBodies.failing(5, new byte[2], "broken"))) {
            TestBodies.Tracked tracked = new TestBodies.Tracked(body);
            try {
                store.putIfAbsent("streams", tracked);
            } catch (MlopsException expectedOfTheBadOnes) {
                assertThat(body.length()).isEqualTo(5);
            }
            assertThat(tracked.openStreams()).isZero();
        }
    }

    @Test
    void readsRanges() throws IOException {
        ObjectStore store = store();
        store.putIfAbsent("digits", TestBodies.text("0123456789"));

        assertThat(read(store.get("digits", 0, 10))).asString().isEqualTo("0123456789");
        assertThat(read(store.get("digits", 0, 1))).asString().isEqualTo("0");
        assertThat(read(store.get("digits", 3, 4))).asString().isEqualTo("3456");
        assertThat(read(store.get("digits", 9, 1))).asString().isEqualTo("9");
        assertThat(read(store.get("digits", 4, 0))).isEmpty();
    }

    @Test
    void cutsARangeAtTheEnd() throws IOException {
        ObjectStore store = store();
        store.putIfAbsent("digits", TestBodies.text("0123456789"));

        assertThat(read(store.get("digits", 7, 100))).asString().isEqualTo("789");
        assertThat(read(store.get("digits", 7, Long.MAX_VALUE))).asString().isEqualTo("789");
        assertThat(read(store.get("digits", 10, 0))).isEmpty();
        assertThat(read(store.get("digits", 10, 5))).isEmpty();
    }

    @Test
    void refusesARangeThatIsNegativeOrBeginsPastTheEnd() {
        ObjectStore store = store();
        store.putIfAbsent("digits", TestBodies.text("0123456789"));

        for (long[] range : new long[][] {{-1, 5}, {0, -1}, {11, 1}, {11, 0}, {Long.MAX_VALUE, Long.MAX_VALUE}}) {
            assertThatThrownBy(() -> store.get("digits", range[0], range[1]))
                    .as("range %d+%d", range[0], range[1])
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void saysThatAnObjectIsMissing() {
        ObjectStore store = store();
        store.putIfAbsent("folder/object", TestBodies.text("x"));

        for (String missing : List.of("nothing", "folder", "folder/object/below", "folder/objec", "FOLDER/OBJECT")) {
            assertThatExceptionOfType(NotFoundException.class)
                    .isThrownBy(() -> store.get(missing))
                    .withMessageContaining(missing);
            assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> store.get(missing, 0, 1));
            assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> store.get(missing, 0, 0));
            assertThat(store.head(missing)).isEmpty();
            assertThat(store.delete(missing)).isFalse();
        }
    }

    @Test
    void tellsSizeAndTime() {
        ObjectStore store = store();
        Instant before = Instant.now().minus(clockTolerance());
        store.putIfAbsent("a/b", TestBodies.text("12345"));

        ObjectInfo info = store.head("a/b").orElseThrow();

        assertThat(info.key()).isEqualTo("a/b");
        assertThat(info.size()).isEqualTo(5);
        assertThat(info.createdAt()).isBetween(before, Instant.now().plus(clockTolerance()));
        assertThat(store.list("a/").next()).isEqualTo(info);
    }

    @Test
    void keepsKeysApartThatDifferInCaseOrContinueEachOther() throws IOException {
        ObjectStore store = store();
        List<String> keys = List.of(
                "Model", "a", "a-b", "a.", "a.b", "a/b", "a/b/c", "a0", "aA", "aa", "con", "con.txt", "d-a", "model",
                "o-a");
        storeAndReadAll(store, keys);
    }

    private void storeAndReadAll(ObjectStore store, List<String> wanted) throws IOException {
        List<String> keys = allowsKeysBelowKeys() ? wanted : withoutKeysBelowKeys(wanted);
        for (String key : shuffled(keys)) {
            assertThat(store.putIfAbsent(key, TestBodies.text(key))).as(key).isEqualTo(PutResult.CREATED);
        }
        for (String key : keys) {
            assertThat(read(store.get(key))).asString().isEqualTo(key);
        }
        assertThat(keys(store, "")).containsExactlyElementsOf(keys);
    }

    private static List<String> withoutKeysBelowKeys(List<String> keys) {
        return keys.stream()
                .filter(key -> keys.stream().noneMatch(other -> key.startsWith(other + "/")))
                .toList();
    }

    @Test
    void takesTheLongestKeys() throws IOException {
        ObjectStore store = store();
        String onePart = "K".repeat(512);
        String manyParts = "a/".repeat(255) + "ab";
        String edge = "x".repeat(100);
        List<String> keys = List.of(onePart, manyParts, edge, edge + "-", edge + ".y", edge + "/y", edge + "y");
        storeAndReadAll(store, keys);
        assertThat(keys(store, edge + ".")).containsExactly(edge + ".y");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "./a", "a/./b", "a b", "a\\b", "a:b",
                "a*", "a\0b", "a\nb", "ä", "a%2e", "a?b", "a#b", "~", "日本", "\ud800"
            })
    void refusesAHostileKeyEverywhere(String key) {
        ObjectStore store = store();
        TestBodies.Tracked untouched = new TestBodies.Tracked(TestBodies.failing(1, new byte[0], "was opened"));
        assertRefused(() -> store.putIfAbsent(key, untouched));
        assertRefused(() -> store.get(key));
        assertRefused(() -> store.get(key, 0, 1));
        assertRefused(() -> store.head(key));
        assertRefused(() -> store.delete(key));
        assertThat(keys(store, "")).isEmpty();
    }

    @Test
    void refusesAKeyThatIsTooLong() {
        ObjectStore store = store();
        assertRefused(() -> store.putIfAbsent("k".repeat(513), TestBodies.text("x")));
        assertRefused(() -> store.head("k".repeat(100_000)));
    }

    @Test
    void refusesAPrefixThatNoKeyCanHave() {
        ObjectStore store = store();
        assertRefused(() -> store.list("a b"));
        assertRefused(() -> store.list("a\0"));
        assertRefused(() -> store.list("k".repeat(513)));
    }

    private static void assertRefused(Callable<?> call) {
        assertThatThrownBy(call::call).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void listsByPrefixInTheOrderOfTheBytes() {
        ObjectStore store = store();
        assertThat(keys(store, "")).isEmpty();
        List<String> keys = List.of(
                "a/b-c", "a/b.c", "a/b/c", "a/b0", "a/bB/z", "a/b_", "a/ba", "data/1", "data/10", "data/2", "z");
        for (String key : shuffled(keys)) {
            store.putIfAbsent(key, TestBodies.text(key));
        }

        assertThat(keys(store, "")).containsExactlyElementsOf(keys);
        assertThat(keys(store, "a/b/")).containsExactly("a/b/c");
        assertThat(keys(store, "a/b")).containsExactlyElementsOf(keys.subList(0, 7));
        assertThat(keys(store, "data/1")).containsExactly("data/1", "data/10");
        assertThat(keys(store, "da")).containsExactly("data/1", "data/10", "data/2");
        assertThat(keys(store, "z")).containsExactly("z");
        assertThat(keys(store, "z/")).isEmpty();
        assertThat(keys(store, "../")).isEmpty();
        assertThat(keys(store, "/")).isEmpty();
    }

    @Test
    void listsMoreObjectsThanAPageHolds() throws Exception {
        ObjectStore store = store();
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 1_111; i++) {
            keys.add("many/%02d/%04d".formatted(i / 500, i));
        }
        together(4, i -> {
            for (int n = i; n < keys.size(); n += 4) {
                store.putIfAbsent(keys.get(n), TestBodies.text("x"));
            }
            return i;
        });

        assertThat(keys(store, "many/")).containsExactlyElementsOf(keys);
        assertThat(keys(store, "many/02/")).containsExactlyElementsOf(keys.subList(1_000, 1_111));
    }

    @Test
    void listsEveryUntouchedObjectOnceWhileOthersComeAndGo() {
        ObjectStore store = store();
        for (int i = 0; i < 20; i++) {
            store.putIfAbsent("stay/%02d".formatted(i), TestBodies.text("x"));
            store.putIfAbsent("stay/%02d-gone".formatted(i), TestBodies.text("x"));
        }
        List<String> listed = new ArrayList<>();
        for (Iterator<ObjectInfo> it = store.list("stay/"); it.hasNext(); ) {
            listed.add(it.next().key());
            int n = listed.size();
            store.delete("stay/%02d-gone".formatted(n % 20));
            store.putIfAbsent("stay/new-" + n, TestBodies.text("x"));
        }

        assertThat(listed).isSorted().doesNotHaveDuplicates();
        assertThat(listed).filteredOn(key -> key.matches("stay/\\d\\d")).hasSize(20);
    }

    @Test
    void deletesOnce() throws IOException {
        ObjectStore store = store();
        String neighbour = allowsKeysBelowKeys() ? "a/b" : "a-b";
        store.putIfAbsent("a", TestBodies.text("old"));
        store.putIfAbsent(neighbour, TestBodies.text("stays"));

        assertThat(store.delete("a")).isTrue();
        assertThat(store.delete("a")).isFalse();
        assertThat(store.head("a")).isEmpty();
        assertThat(keys(store, "")).containsExactly(neighbour);
        assertThat(store.putIfAbsent("a", TestBodies.text("new"))).isEqualTo(PutResult.CREATED);
        assertThat(read(store.get("a"))).asString().isEqualTo("new");
    }

    @Test
    void givesIndependentStreamsThatMayBeClosedEarly() throws IOException {
        ObjectStore store = store();
        byte[] bytes = TestBodies.noise(500_000, 3);
        store.putIfAbsent("shared", ObjectBody.of(bytes));

        try (InputStream second = store.get("shared")) {
            try (InputStream first = store.get("shared")) {
                assertThat(first.readNBytes(1_000)).isEqualTo(Arrays.copyOf(bytes, 1_000));
                assertThat(second.read()).isEqualTo(bytes[0] & 0xff);
            }
            assertThat(second.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
            assertThat(second.read()).isEqualTo(-1);
        }
    }

    @Test
    void refusesEveryCallAfterItWasClosed() {
        ObjectStore store = openStore();
        store.putIfAbsent("a", TestBodies.text("x"));
        store.close();
        store.close();

        for (Callable<?> call : List.<Callable<?>>of(
                () -> store.putIfAbsent("b", TestBodies.text("x")),
                () -> store.get("a"),
                () -> store.get("a", 0, 1),
                () -> store.head("a"),
                () -> store.list(""),
                () -> store.delete("a"))) {
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(call::call)
                    .withMessageContaining("closed");
        }
        assertThat(keys(store(), "")).containsExactly("a");
    }

    @Test
    void givesTheFileThatHoldsAnObject() throws IOException {
        ObjectStore store = store();
        byte[] bytes = TestBodies.noise(100_000, 4);
        store.putIfAbsent("Packs/a", ObjectBody.of(bytes));

        if (keepsLocalFiles()) {
            assertThat(store.localFile("Packs/a").orElseThrow()).hasBinaryContent(bytes);
        } else {
            assertThat(store.localFile("Packs/a")).isEmpty();
        }
        assertThat(store.localFile("Packs/b")).isEmpty();
        assertThat(store.localFile("Packs")).isEmpty();
    }

    @Test
    void signsAnAddressForDownloading() throws IOException {
        ObjectStore store = store();
        store.putIfAbsent("packs/a", TestBodies.text("0123456789"));
        Optional<URI> address = store.presign("packs/a", Duration.ofMinutes(1));

        assertThat(address.isPresent()).isEqualTo(presigns());
        if (address.isPresent()) {
            URLConnection connection = address.get().toURL().openConnection();
            connection.setRequestProperty("Range", "bytes=3-5");
            assertThat(read(connection.getInputStream())).asString().isEqualTo("345");
        }
    }

    @Test
    void saysWhatItIs() {
        assertThat(store().describe()).isNotBlank().doesNotContain("\n");
    }

    private static byte[] read(InputStream stream) throws IOException {
        try (InputStream in = stream) {
            return in.readAllBytes();
        }
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static List<String> keys(ObjectStore store, String prefix) {
        List<String> keys = new ArrayList<>();
        store.list(prefix).forEachRemaining(info -> keys.add(info.key()));
        return keys;
    }

    private static List<String> shuffled(List<String> keys) {
        List<String> copy = new ArrayList<>(keys);
        Collections.shuffle(copy, new Random(42));
        return copy;
    }

    private interface Work<T> {
        T run(int worker) throws Exception;
    }

    private static <T> List<T> together(int workers, Work<T> work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(workers);
        CyclicBarrier start = new CyclicBarrier(workers);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                int worker = i;
                futures.add(executor.submit(() -> {
                    start.await();
                    return work.run(worker);
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }
}
