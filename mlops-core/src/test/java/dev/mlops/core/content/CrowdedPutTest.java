package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.testkit.object.Fault;
import dev.mlops.testkit.object.FaultyObjectStore;
import dev.mlops.testkit.object.TestBodies;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many more threads put into one writer than it has processors and pack buffers. */
class CrowdedPutTest {
    private static final int THREADS = 8;
    private static final int FILES_OF_EACH = 60;
    private static final int LARGE = 70_000;
    /** Small packs, so that many fill up. */
    private static final String FORMAT = """
            {"format":"mlops-content","version":1,
            "chunkMin":4096,"chunkAverage":16384,"chunkMax":65536,"packBytes":131072,"level":1}
            """;

    @TempDir
    Path directory;

    private final ExecutorService readers = Executors.newFixedThreadPool(THREADS);
    private PackStoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new PackStoreFixture(directory);
        fixture.objects.putIfAbsent("store.json", ObjectBody.of(FORMAT.getBytes(StandardCharsets.UTF_8)));
    }

    @AfterEach
    void close() {
        readers.shutdownNow();
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void getsThrough(int parallelism) throws Exception {
        ObjectStore slow = new FaultyObjectStore(fixture.objects, 1)
                .inject(Fault.slow(Duration.ofMillis(3)).on(Fault.Call.PUT));
        PackContentStore store = fixture.open(slow, Runnable::run, parallelism);
        List<Sha256> stored = new ArrayList<>();
        try (ContentWriter writer = store.writer(new Cancellation())) {
            List<Callable<List<Sha256>>> work = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                work.add(() -> putMany(writer, thread));
            }
            for (Future<List<Sha256>> done : readers.invokeAll(work, 40, TimeUnit.SECONDS)) {
                assertThat(done.isCancelled()).as("hangs").isFalse();
                stored.addAll(done.get());
            }
            writer.flush();
        }
        assertThat(stored).hasSize(2 * THREADS * FILES_OF_EACH);
        stored.forEach(store::verify);
    }

    private static List<Sha256> putMany(ContentWriter writer, int thread) {
        List<Sha256> stored = new ArrayList<>();
        for (int i = 0; i < FILES_OF_EACH; i++) {
            int seed = thread * FILES_OF_EACH + i;
            byte[] bytes = TestBodies.noise(LARGE, seed);
            stored.add(writer.put(TestSources.bytes(bytes)).digest());
            stored.add(
                    writer.putMetadata("part", TestBodies.noise(500, -1 - seed)).digest());
        }
        return stored;
    }
}
