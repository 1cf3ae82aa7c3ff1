package dev.mlops.testkit.metadata;

import dev.mlops.api.access.Principal;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * What the contract suites of this package have in common. A backend extends each of them and says how to open a store;
 * the tests of a suite share one store, and each makes a project of its own in it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class MetadataStoreContract {
    /** The host itself, who sees everything. */
    static final Principal HOST = Principal.localOwner();

    private World world;

    /** For subclasses. */
    @SuppressWarnings("NullAway.Init") // set before all tests
    protected MetadataStoreContract() {}

    /** Opens a store whose schema is there; it may hold things already. This class closes it after its tests. */
    protected abstract MetadataStore openStore();

    @BeforeAll
    final void openWorld() {
        world = new World(openStore());
    }

    @AfterAll
    final void closeWorld() {
        world.store().close();
    }

    final World world() {
        return world;
    }

    final MetadataStore store() {
        return world.store();
    }

    /** Runs work that writes. */
    final <T> T write(Function<? super MetadataTransaction, ? extends T> work) {
        return store().transaction(work);
    }

    /** Runs work that reads. */
    final <T> T read(Function<? super MetadataTransaction, ? extends T> work) {
        return store().read(work);
    }

    /** Reads what may be there. */
    final <T> Optional<T> find(Function<? super MetadataTransaction, Optional<T>> work) {
        return store().read(work);
    }

    /** Reads a whole list. */
    final <T> List<T> list(Function<? super MetadataTransaction, List<T>> work) {
        return store().read(work);
    }

    /** Does something that gives nothing. */
    final void change(Consumer<? super MetadataTransaction> work) {
        store().<Boolean>transaction(tx -> {
            work.accept(tx);
            return true;
        });
    }

    /** Reads a list to its end in pages of {@code limit}. */
    final <T> List<T> readAll(int limit, PageReader<T> reader) {
        return readAll(limit, reader, () -> {});
    }

    /** As {@link #readAll(int, PageReader)}, and does something after each page. */
    final <T> List<T> readAll(int limit, PageReader<T> reader, Runnable between) {
        List<T> all = new ArrayList<>();
        PageRequest request = PageRequest.first(limit);
        while (true) {
            PageRequest current = request;
            Page<T> page = store().<Page<T>>read(tx -> reader.read(tx, current));
            all.addAll(page.items());
            if (page.nextToken().isEmpty()) {
                return all;
            }
            between.run();
            request = new PageRequest(limit, page.nextToken().get());
        }
    }

    /** Reads one page of a list. */
    interface PageReader<T> {
        Page<T> read(MetadataTransaction tx, PageRequest page);
    }

    /** Runs a task on several threads, which begin together, and gives what each gave. */
    static <T> List<T> together(int threads, Callable<T> task) {
        CyclicBarrier barrier = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(pool.submit(() -> {
                    barrier.await(10, TimeUnit.SECONDS);
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(60, TimeUnit.SECONDS));
            }
            return results;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("a thread failed", e);
        } finally {
            pool.shutdownNow();
        }
    }
}
