package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.pack.BlobId;
import dev.mlops.testkit.object.TestBodies;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PackCatalogTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 25;

    @TempDir
    Path directory;

    private static BlobId blob(int i) {
        return BlobId.of(Sha256.of(new byte[] {(byte) i}));
    }

    /** Each reads something else of one pack. */
    @Test
    void remembersDamageThatManyFindAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (PackStoreFixture fixture = new PackStoreFixture(directory);
                PackCatalog catalog =
                        new PackCatalog(fixture.objects, new Together(fixture.metadata), directory.resolve("index"))) {
            TestSources.put(fixture.open(), TestSources.bytes(TestBodies.noise(1_000, 1)));
            int pack = catalog.find(BlobId.of(Sha256.of(TestBodies.noise(1_000, 1))))
                    .pack();
            String id = catalog.pack(pack).id();
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int first = i * ROUNDS;
                work.add(() -> {
                    IntStream.range(first, first + ROUNDS)
                            .forEach(blob ->
                                    catalog.reportDamage(id, List.of(blob(blob).hex())));
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }

            assertThat(IntStream.range(0, THREADS * ROUNDS).filter(i -> !catalog.isDamaged(pack, blob(i))))
                    .as("forgotten")
                    .isEmpty();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Lets all go on at the same moment after a commit. */
    private static final class Together implements MetadataStore {
        private final MetadataStore store;
        private final CyclicBarrier barrier = new CyclicBarrier(THREADS);

        Together(MetadataStore store) {
            this.store = store;
        }

        @Override
        public <T> T transaction(Function<? super MetadataTransaction, ? extends T> work) {
            T result = store.transaction(work);
            try {
                barrier.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return result;
        }

        @Override
        public <T> T read(Function<? super MetadataTransaction, ? extends T> work) {
            return store.read(work);
        }

        @Override
        public String describe() {
            return store.describe();
        }

        @Override
        public void close() {
            // The store is another's.
        }
    }
}
