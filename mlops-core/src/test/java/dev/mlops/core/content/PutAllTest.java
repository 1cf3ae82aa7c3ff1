package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.core.content.ContentStore.Sink;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PutAllTest {
    private static final int PARALLELISM = 4;

    @TempDir
    Path directory;

    private final ExecutorService executor = Executors.newFixedThreadPool(PARALLELISM);
    private final Map<String, Stored> told = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Sink sink = (source, stored) -> told.put(source.name(), stored);
    private PackStoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new PackStoreFixture(directory);
    }

    @AfterEach
    void close() {
        executor.shutdownNow();
        fixture.close();
    }

    @Test
    void storesEverythingAndTellsOfEach() throws IOException {
        List<ContentSource> sources = new ArrayList<>(TestSources.many(200, 300));
        sources.addAll(TestSources.many(200, 300).subList(0, 50).stream()
                .map(twin -> (ContentSource) new Renamed(twin, "twin of " + twin.name()))
                .toList());
        sources.add(TestSources.bytes(TestBodies.noise(2_500_000, 1)));
        sources.add(TestSources.once("stream", TestBodies.noise(1_500_000, 2)));

        ContentWriter contents = contents(executor);
        contents.putAll(sources.iterator(), sink, ProgressListener.NONE, new Cancellation());

        assertThat(told).hasSize(252);
        assertThat(told.values()).filteredOn(Stored::added).hasSize(202);
        for (ContentSource source : sources.subList(0, 251)) {
            assertThat(told.get(source.name()).digest()).isEqualTo(TestSources.digestOf(source));
        }
        contents.flush();
        told.values().forEach(stored -> fixture.open().verify(stored.digest()));
    }

    private record Renamed(ContentSource source, String name) implements ContentSource {
        @Override
        public InputStream open() throws IOException {
            return source.open();
        }

        @Override
        public long sizeHint() {
            return source.sizeHint();
        }
    }

    @Test
    void worksWithAnExecutorThatGivesNoThreads() throws Exception {
        ExecutorService busy = Executors.newFixedThreadPool(1);
        CountDownLatch end = new CountDownLatch(1);
        Executor rejecting = task -> {
            throw new RejectedExecutionException("full");
        };
        try {
            busy.execute(() -> awaitUninterruptibly(end));
            for (Executor poor : List.of(rejecting, busy, (Executor) Runnable::run)) {
                told.clear();
                contents(poor)
                        .putAll(TestSources.many(30, 50).iterator(), sink, ProgressListener.NONE, new Cancellation());
                assertThat(told).hasSize(30);
            }
        } finally {
            end.countDown();
            busy.shutdown();
        }
    }

    @Test
    void takesSourcesOnlyAsItGoes() {
        var sources =
                new TestSources.CountingIterator<>(TestSources.many(100, 10).iterator());
        AtomicInteger stored = new AtomicInteger();
        AtomicInteger furthest = new AtomicInteger();

        contents(executor)
                .putAll(
                        sources,
                        (source, content) ->
                                furthest.accumulateAndGet(sources.taken() - stored.getAndIncrement(), Math::max),
                        ProgressListener.NONE,
                        new Cancellation());

        assertThat(stored).hasValue(100);
        assertThat(furthest).hasValueLessThanOrEqualTo(PARALLELISM);
    }

    @Test
    void tellsTheSinkAndTheListenerFromOneThreadAtATime() {
        AtomicInteger inSink = new AtomicInteger();
        AtomicInteger inListener = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();

        contents(executor)
                .putAll(
                        TestSources.many(300, 2_000).iterator(),
                        (source, stored) -> countOverlap(inSink, overlaps),
                        progress -> countOverlap(inListener, overlaps),
                        new Cancellation());

        assertThat(overlaps).hasValue(0);
    }

    private static void countOverlap(AtomicInteger inside, AtomicInteger overlaps) {
        if (inside.incrementAndGet() > 1) {
            overlaps.incrementAndGet();
        }
        LockSupport.parkNanos(10_000);
        inside.decrementAndGet();
    }

    @Test
    void reportsProgressAFewTimesASecondAndAtTheEnd() {
        List<Progress> reports = Collections.synchronizedList(new ArrayList<>());
        long start = System.nanoTime();

        ContentWriter first = contents(executor);
        first.putAll(TestSources.many(400, 1_000).iterator(), sink, reports::add, new Cancellation());
        first.flush();
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(reports).hasSizeLessThanOrEqualTo((int) (took.toMillis() / 100) + 1);
        assertThat(reports).last().isEqualTo(new Progress(400, -1, 400_000, -1, 400_000));
        assertThat(reports).extracting(Progress::doneBytes).isSorted();
        reports.clear();
        contents(executor).putAll(TestSources.many(400, 1_000).iterator(), sink, reports::add, new Cancellation());
        assertThat(reports).last().isEqualTo(new Progress(400, -1, 400_000, -1, 0));
    }

    @Test
    void reportsOnlyThePartsOfALargeContentThatAreNew() {
        byte[] bytes = TestBodies.noise(3_000_000, 1);
        ContentWriter contents = contents(executor);
        contents.put(TestSources.bytes(bytes));
        bytes[1_000] ^= 1;
        List<Progress> reports = Collections.synchronizedList(new ArrayList<>());

        contents.putAll(List.of(TestSources.bytes(bytes)).iterator(), sink, reports::add, new Cancellation());

        Progress last = reports.get(reports.size() - 1);
        assertThat(last.doneBytes()).isEqualTo(3_000_000);
        assertThat(last.newBytes()).isBetween(1L, 1_500_000L);
    }

    @Test
    void reportsProgressAtTheEndOfNothing() {
        List<Progress> reports = new ArrayList<>();
        contents(executor).putAll(Collections.emptyIterator(), sink, reports::add, new Cancellation());

        assertThat(reports).containsExactly(new Progress(0, -1, 0, -1, 0));
    }

    @Test
    void stopsAtTheFirstFailureAndKeepsWhatWasTold() {
        var sources = new TestSources.CountingIterator<>(Stream.of(
                        TestSources.many(20, 100).stream(),
                        Stream.of(TestSources.failing("broken.png", 10)),
                        TestSources.many(100_000, 1).stream())
                .flatMap(part -> part)
                .iterator());
        ContentWriter contents = contents(executor);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> contents.putAll(sources, sink, ProgressListener.NONE, new Cancellation()))
                .withMessageContaining("broken.png");

        assertThat(sources.taken()).isLessThan(1_000);
        contents.flush();
        told.values().forEach(stored -> fixture.open().verify(stored.digest()));
        assertThat(told).doesNotContainKey("broken.png");
    }

    @Test
    void stopsALargeContentInTheMiddleWhenAnotherFails() {
        EndlessSource endless = new EndlessSource();
        List<ContentSource> sources = List.of(endless, new FailingOnceStarted(endless));

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() ->
                        contents(executor).putAll(sources.iterator(), sink, ProgressListener.NONE, new Cancellation()))
                .withMessageContaining("second");
    }

    @Test
    void isCancelledInTheMiddleOfALargeContent() {
        EndlessSource endless = new EndlessSource();
        Cancellation cancellation = new Cancellation();
        executor.execute(() -> {
            awaitUninterruptibly(endless.started);
            cancellation.cancel();
        });

        assertThatExceptionOfType(CancelledException.class)
                .isThrownBy(() -> contents(executor)
                        .putAll(List.of(endless).iterator(), sink, ProgressListener.NONE, cancellation));
        assertThat(told).isEmpty();
        assertThat(fixture.keys("pack/")).isEmpty();
    }

    @Test
    void isCancelledBetweenManySmallContents() {
        Cancellation cancellation = new Cancellation();
        Sink cancelling = (source, stored) -> {
            told.put(source.name(), stored);
            if (told.size() == 10) {
                cancellation.cancel();
            }
        };

        assertThatExceptionOfType(CancelledException.class)
                .isThrownBy(() -> contents(executor)
                        .putAll(
                                TestSources.many(1_000, 10).iterator(),
                                cancelling,
                                ProgressListener.NONE,
                                cancellation));
        assertThat(told).hasSize(10);
    }

    @Test
    void storesNothingWhenItIsCancelledBefore() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        assertThatExceptionOfType(CancelledException.class)
                .isThrownBy(() -> contents(executor)
                        .putAll(TestSources.many(5, 10).iterator(), sink, ProgressListener.NONE, cancellation));
        assertThat(fixture.keys("pack/")).isEmpty();
    }

    @Test
    void isCancelledByAnInterrupt() {
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(CancelledException.class)
                .isThrownBy(() -> contents(executor)
                        .putAll(TestSources.many(500, 10).iterator(), sink, ProgressListener.NONE, new Cancellation()));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void passesOnWhatTheSinkTheListenerOrTheIteratorThrows() {
        Iterator<ContentSource> sources = TestSources.many(5, 10).iterator();
        Iterator<ContentSource> broken = Stream.<ContentSource>generate(() -> {
                    throw new IllegalStateException("iterator");
                })
                .iterator();

        assertThatIllegalStateException()
                .isThrownBy(() -> contents(executor)
                        .putAll(sources, fail("sink")::accept, ProgressListener.NONE, new Cancellation()))
                .withMessage("sink");
        assertThatIllegalStateException()
                .isThrownBy(() -> contents(executor)
                        .putAll(
                                Collections.emptyIterator(),
                                sink,
                                p -> fail("listener").accept(p, p),
                                new Cancellation()))
                .withMessage("listener");
        assertThatIllegalStateException()
                .isThrownBy(() -> contents(executor).putAll(broken, sink, ProgressListener.NONE, new Cancellation()))
                .withMessage("iterator");
    }

    private static BiConsumer<Object, Object> fail(String message) {
        return (a, b) -> {
            throw new IllegalStateException(message);
        };
    }

    private ContentWriter contents(Executor threads) {
        return fixture.open(fixture.objects, threads, PARALLELISM).writer(new Cancellation());
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives zeros until someone stops reading; would never end by itself. */
    private static final class EndlessSource implements ContentSource {
        private final CountDownLatch started = new CountDownLatch(1);

        @Override
        public String name() {
            return "endless";
        }

        @Override
        public long sizeHint() {
            return -1;
        }

        @Override
        public InputStream open() {
            return new InputStream() {
                private long given;

                @Override
                public int read() {
                    return 0;
                }

                @Override
                public int read(byte[] bytes, int offset, int length) {
                    given += length;
                    if (given > 3_000_000) {
                        started.countDown();
                    }
                    return length;
                }
            };
        }
    }

    private record FailingOnceStarted(EndlessSource other) implements ContentSource {
        @Override
        public String name() {
            return "second";
        }

        @Override
        public long sizeHint() {
            return -1;
        }

        @Override
        public InputStream open() throws IOException {
            awaitUninterruptibly(other.started);
            throw new IOException("gone");
        }
    }
}
