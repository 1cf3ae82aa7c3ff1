package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.LinkPolicy;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.source.DirectoryWalk;
import dev.mlops.core.source.GivenFiles;
import dev.mlops.core.source.KnownFile;
import dev.mlops.core.source.PathFilter;
import dev.mlops.core.source.SourceFiles;
import dev.mlops.core.source.WalkOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FilePipelineTest {
    private final ExecutorService threads = Executors.newFixedThreadPool(6);
    private final MapIntake intake = new MapIntake();
    private final List<TakenFile> taken = new ArrayList<>();
    private final Cancellation cancellation = new Cancellation();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** Keeps the digests of what it takes. */
    private static class MapIntake implements FileIntake {
        private final Map<Sha256, Long> contents = new ConcurrentHashMap<>();
        private final Map<String, Integer> reads = new ConcurrentHashMap<>();

        @Override
        public Stored put(ContentSource file) {
            reads.merge(file.name(), 1, Integer::sum);
            try (InputStream in = file.open()) {
                byte[] bytes = in.readAllBytes();
                Sha256 digest = Sha256.of(bytes);
                return new Stored(digest, bytes.length, contents.put(digest, (long) bytes.length) == null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Optional<Stored> reuse(Sha256 digest) {
            return Optional.ofNullable(contents.get(digest)).map(size -> new Stored(digest, size, false));
        }
    }

    private void run(SourceFiles files, FilePipeline.Lookup lookup, Executor executor, Consumer<TakenFile> sink) {
        PublishMeter meter = new PublishMeter(ProgressListener.NONE);
        new FilePipeline(files, intake, lookup, FilePipeline.Times.KEEP, meter, cancellation, sink).run(executor, 6);
    }

    private void run(SourceFiles files) {
        run(files, file -> Optional.empty(), threads, taken::add);
    }

    private static SourceFiles files(int count) {
        return new GivenFiles(
                IntStream.range(0, count)
                        .mapToObj(i -> FileSource.of("f" + i, new byte[i % 700 == 0 ? 2_000_000 : i % 1_000]))
                        .iterator(),
                PathFilter.ALL);
    }

    private DirectoryWalk walk() {
        return new DirectoryWalk("directory", directory, WalkOptions.of(PathFilter.ALL, LinkPolicy.REFUSE));
    }

    @Test
    void filesAreGivenOnInTheOrderInWhichTheyCame() {
        run(files(20_000));

        assertThat(taken)
                .extracting(file -> file.entry().path())
                .containsExactlyElementsOf(
                        IntStream.range(0, 20_000).mapToObj(i -> "f" + i).toList());
        assertThat(taken.get(700).entry().size()).isEqualTo(2_000_000);
    }

    @Test
    void anExecutorThatTakesNothingMakesItSlowOnly() {
        run(
                files(1_000),
                file -> Optional.empty(),
                work -> {
                    throw new RejectedExecutionException("full");
                },
                taken::add);

        assertThat(taken).hasSize(1_000);
    }

    @Test
    void aSlowSinkHoldsTheFindingOfFilesBack() {
        List<Integer> found = new ArrayList<>();
        SourceFiles files = new GivenFiles(
                IntStream.range(0, 100_000)
                        .mapToObj(i -> {
                            found.add(i);
                            return FileSource.of("f" + i, new byte[0]);
                        })
                        .iterator(),
                PathFilter.ALL);
        assertThatThrownBy(() -> run(files, file -> Optional.empty(), threads, file -> {
                    try {
                        Thread.sleep(500);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    throw new IllegalStateException("the sink is full");
                }))
                .hasMessage("the sink is full");
        assertThat(found).hasSizeLessThan(30_000);
    }

    @Test
    void theFirstFailureEndsIt() {
        SourceFiles files = new GivenFiles(
                IntStream.range(0, 10_000)
                        .mapToObj(i -> {
                            if (i == 5_000) {
                                throw new IllegalStateException("no more");
                            }
                            return FileSource.of("f" + i, new byte[1]);
                        })
                        .iterator(),
                PathFilter.ALL);
        assertThatThrownBy(() -> run(files)).hasMessage("no more");
    }

    @Test
    void cancellingEndsIt() {
        assertThatThrownBy(() -> run(files(10_000), file -> Optional.empty(), threads, file -> cancellation.cancel()))
                .isInstanceOf(CancelledException.class);
    }

    @Test
    void whatIsKnownAndStillInTheStoreIsNotRead() throws IOException {
        Files.writeString(directory.resolve("known"), "abc");
        Files.writeString(directory.resolve("lost"), "def");
        Files.writeString(directory.resolve("other-size"), "ghi");
        Sha256 kept = Sha256.of("abc".getBytes(StandardCharsets.UTF_8));
        intake.contents.put(kept, 3L);
        Sha256 longer = Sha256.of("longer".getBytes(StandardCharsets.UTF_8));
        intake.contents.put(longer, 6L);
        Map<String, Sha256> digests = Map.of("known", kept, "lost", Sha256.of(new byte[9]), "other-size", longer);

        run(
                walk(),
                file -> Optional.of(
                        new KnownFile(digests.get(file.path()), "x/known", new MediaFacts(1, 2, null, null))),
                threads,
                taken::add);

        assertThat(intake.reads).containsOnlyKeys("lost", "other-size");
        assertThat(taken)
                .extracting(file -> file.entry().mediaType())
                .containsExactly("x/known", "text/plain", "text/plain");
        assertThat(taken.get(0).entry().sha256()).isEqualTo(kept);
        assertThat(taken.get(0).entry().facts().width()).isEqualTo(1);
        assertThat(taken.get(0).found()).isNull();
        assertThat(taken.get(1).entry().sha256()).isEqualTo(Sha256.of("def".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aFileThatChangesWhileItIsReadIsReadAgain() throws IOException {
        Path file = Files.writeString(directory.resolve("log"), "1");
        MapIntake appending = new MapIntake() {
            @Override
            public Stored put(ContentSource source) {
                Stored stored = super.put(source);
                if (super.reads.get("log") < 3) {
                    append(file);
                }
                return stored;
            }
        };
        PublishMeter meter = new PublishMeter(ProgressListener.NONE);
        new FilePipeline(
                        walk(),
                        appending,
                        found -> Optional.empty(),
                        FilePipeline.Times.KEEP,
                        meter,
                        cancellation,
                        taken::add)
                .run(threads, 2);

        assertThat(taken.get(0).entry().size()).isEqualTo(3);
        assertThat(meter.bytes()).isEqualTo(3);
    }

    @Test
    void nothingIsTakenThroughAFolderThatBecomesALink(@TempDir Path elsewhere) throws IOException {
        Files.createDirectory(directory.resolve("d"));
        Files.writeString(directory.resolve("d/a"), "mine");
        Files.writeString(elsewhere.resolve("a"), "secret");
        MapIntake swapping = new MapIntake() {
            @Override
            public Stored put(ContentSource source) {
                try {
                    if (!Files.isSymbolicLink(directory.resolve("d"))) {
                        Files.move(directory.resolve("d"), elsewhere.resolve("moved"));
                        Files.createSymbolicLink(directory.resolve("d"), elsewhere);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return super.put(source);
            }
        };
        FilePipeline pipeline = new FilePipeline(
                walk(),
                swapping,
                found -> Optional.empty(),
                FilePipeline.Times.KEEP,
                new PublishMeter(ProgressListener.NONE),
                cancellation,
                taken::add);

        assertThatThrownBy(() -> pipeline.run(threads, 2))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("link");
        assertThat(taken).isEmpty();
    }

    @Test
    void aFileThatNeverRestsIsToldClearly() throws IOException {
        Path file = Files.writeString(directory.resolve("log"), "1");
        MapIntake appending = new MapIntake() {
            @Override
            public Stored put(ContentSource source) {
                Stored stored = super.put(source);
                append(file);
                return stored;
            }
        };
        FilePipeline pipeline = new FilePipeline(
                walk(),
                appending,
                found -> Optional.empty(),
                FilePipeline.Times.KEEP,
                new PublishMeter(ProgressListener.NONE),
                cancellation,
                taken::add);

        assertThatThrownBy(() -> pipeline.run(threads, 2))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("'log' changed");
    }

    private static void append(Path file) {
        try {
            Files.writeString(file, "+", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void progressNeverGoesBackAndEndsWithTheTotals() {
        List<Progress> told = new ArrayList<>();
        PublishMeter meter = new PublishMeter(told::add);
        new FilePipeline(
                        files(5_000),
                        intake,
                        found -> Optional.empty(),
                        FilePipeline.Times.IGNORE,
                        meter,
                        cancellation,
                        taken::add)
                .run(threads, 6);

        long bytes = taken.stream().mapToLong(file -> file.entry().size()).sum();
        Progress last = told.get(told.size() - 1);
        assertThat(last.doneItems()).isEqualTo(5_000);
        assertThat(last.totalItems()).isEqualTo(5_000);
        assertThat(last.doneBytes()).isEqualTo(bytes);
        assertThat(last.totalBytes()).isEqualTo(bytes);
        for (int i = 1; i < told.size(); i++) {
            assertThat(told.get(i).doneBytes())
                    .isGreaterThanOrEqualTo(told.get(i - 1).doneBytes());
        }
    }
}
