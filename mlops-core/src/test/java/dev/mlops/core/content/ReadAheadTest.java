package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Large contents are read ahead on the threads of an executor, which may have none to give. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadAheadTest {
    private static final int LARGE = 10 * 1024 * 1024;

    @TempDir
    Path directory;

    private final Map<Sha256, byte[]> contents = new LinkedHashMap<>();
    private final List<ExecutorService> started = new ArrayList<>();
    private PackStoreFixture fixture;

    @BeforeEach
    void fill() {
        fixture = new PackStoreFixture(directory);
        for (int i = 0; i < 3; i++) {
            byte[] bytes = TestBodies.noise(LARGE, i);
            contents.put(
                    TestSources.put(fixture.open(), TestSources.bytes(bytes)).digest(), bytes);
        }
    }

    @AfterEach
    void close() {
        started.forEach(ExecutorService::shutdownNow);
        fixture.close();
    }

    private ExecutorService threads(int count) {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        started.add(threads);
        return threads;
    }

    private PackContentStore store(Executor executor) {
        return fixture.open(fixture.objects, executor, 2);
    }

    /** Reads all when at least so many threads are reading. */
    private Collection<Sha256> readAll(PackContentStore store, int together) {
        CountDownLatch reading = new CountDownLatch(together);
        List<Sha256> right = Collections.synchronizedList(new ArrayList<>());
        store.readAll(
                contents.keySet(),
                (digest, size, in) -> {
                    reading.countDown();
                    await(reading);
                    if (Arrays.equals(in.readAllBytes(), contents.get(digest))) {
                        right.add(digest);
                    }
                },
                new Cancellation());
        return right;
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IOException("nobody else reads");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void readsManyOnTheOnlyThread() {
        assertThat(readAll(store(threads(1)), 2)).hasSize(3);
    }

    @Test
    void readsForManyCallersAtOnce() throws Exception {
        PackContentStore store = store(threads(2));
        List<Callable<Collection<Sha256>>> calls = Collections.nCopies(4, () -> readAll(store, 1));
        for (Future<Collection<Sha256>> one : threads(4).invokeAll(calls)) {
            assertThat(one.get()).hasSize(3);
        }
    }

    @Test
    void readsWithoutAThread() {
        Executor rejecting = task -> {
            throw new RejectedExecutionException("full");
        };
        Executor forgetting = task -> {};
        for (Executor none : List.of(rejecting, forgetting, Runnable::run)) {
            assertThat(readAll(store(none), 1)).hasSize(3);
        }
    }

    /** However many contents are read meanwhile, and nothing of them. */
    @Test
    void leavesOneCallOfAStreamInABusyQueue() {
        ArrayDeque<Runnable> queue = new ArrayDeque<>();
        PackContentStore store = store(queue::add);
        for (Map.Entry<Sha256, byte[]> one : contents.entrySet()) {
            assertThat(read(store, one.getKey())).isEqualTo(one.getValue());
        }
        assertThat(queue).hasSize(3);
        queue.forEach(Runnable::run);
    }

    private static byte[] read(PackContentStore store, Sha256 digest) {
        try (InputStream in = store.open(digest)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void readsNothingMoreForAStreamThatIsClosed() throws IOException {
        ArrayDeque<Runnable> queue = new ArrayDeque<>();
        CountingObjects objects = new CountingObjects(fixture.objects);
        PackContentStore store = fixture.open(objects, queue::add, 1);
        InputStream in = store.open(contents.keySet().iterator().next());
        assertThat(in.read()).isNotNegative();
        assertThat(queue).hasSize(1);
        in.close();
        int before = objects.gets();

        queue.forEach(Runnable::run);

        assertThat(objects.gets()).isEqualTo(before);
        assertThatIOException().isThrownBy(in::read).withMessageContaining("closed");
    }

    private static final class CountingObjects extends RemoteObjects {
        private int gets;

        CountingObjects(ObjectStore objects) {
            super(objects);
        }

        synchronized int gets() {
            return gets;
        }

        @Override
        public synchronized InputStream get(String key, long offset, long length) {
            gets++;
            return super.get(key, offset, length);
        }
    }
}
