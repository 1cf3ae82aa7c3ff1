package dev.mlops.core.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.Sample;
import dev.mlops.api.dataset.SampleOptions;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.core.cache.CachedReads;
import dev.mlops.core.cache.LateFileCache;
import dev.mlops.core.checkout.TestContents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShuffledSamplesTest {
    private static final int FILES = 200;

    @TempDir
    Path directory;

    private TestContents contents;
    private CachedReads reads;
    private final List<FileEntry> files = new ArrayList<>();

    @BeforeEach
    void store() {
        contents = new TestContents(directory);
        reads = new CachedReads(contents.store(), new LateFileCache(directory.resolve("cache"), 1 << 20));
        List<byte[]> bytes = IntStream.range(0, FILES)
                .mapToObj(i -> text(i).getBytes(StandardCharsets.UTF_8))
                .toList();
        List<Sha256> digests = contents.putAll(bytes);
        for (int i = 0; i < FILES; i++) {
            files.add(new FileEntry("%03d".formatted(i), bytes.get(i).length, digests.get(i), "text/plain", null));
        }
    }

    /** Every tenth file has the same bytes as others, every fiftieth is large. */
    private static String text(int index) {
        return index % 10 == 0 ? "same" : "text of %d. ".formatted(index) + "x".repeat(index % 50 == 1 ? 5000 : 5);
    }

    @AfterEach
    void close() {
        contents.close();
    }

    private ShuffledSamples samples(SampleOptions options) {
        DatasetVersion version = new DatasetVersion(
                "id",
                "p",
                "d",
                "p/d:V001",
                "V001",
                1,
                null,
                null,
                "",
                Map.of(),
                Sha256.of(new byte[1]),
                FILES,
                0,
                List.of(),
                "me",
                "me",
                Instant.EPOCH);
        return new ShuffledSamples(reads, version, files.iterator(), options);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 1000000", "7, 100", "256, 10000", "100000, 67108864"})
    void eachFileComesOnceWithItsBytesHoweverFarIsReadAhead(int ahead, long bytes) throws IOException {
        Set<String> found = new HashSet<>();
        Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        try (ShuffledSamples samples =
                samples(SampleOptions.builder().prefetch(ahead, bytes).build())) {
            while (samples.hasNext()) {
                Sample sample = samples.next();
                String expected = text(Integer.parseInt(sample.entry().path()));
                assertThat(new String(sample.open().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(expected);
                assertThat(new String(sample.bytes(), StandardCharsets.UTF_8)).isEqualTo(expected);
                assertThat(sample.bytes()).isSameAs(sample.bytes());
                assertThat(arrays.add(sample.bytes())).isTrue();
                assertThat(found.add(sample.entry().path())).isTrue();
            }
        }
        assertThat(found).hasSize(FILES);
    }

    @Test
    void aDamagedFileIsNamedAndTheOthersStillCome() {
        contents.damage("text of 77. ");
        List<String> failures = new ArrayList<>();
        int sound = 0;
        try (ShuffledSamples samples = samples(SampleOptions.defaults())) {
            while (samples.hasNext()) {
                try {
                    samples.next();
                    sound++;
                } catch (IntegrityException e) {
                    failures.add(e.getMessage());
                }
            }
            assertThat(samples.position()).isEqualTo(FILES);
        }
        assertThat(sound).isEqualTo(FILES - 1);
        assertThat(failures).singleElement().asString().contains("'077' of p/d:V001");
    }

    @Test
    void anyPositionIsFoundAgain() {
        SampleOptions options = SampleOptions.builder().prefetch(10, 10_000).build();
        List<String> order = new ArrayList<>();
        try (ShuffledSamples samples = samples(options)) {
            samples.forEachRemaining(sample -> order.add(sample.entry().path()));
        }
        try (ShuffledSamples samples = samples(options)) {
            for (int skip : List.of(0, 1, 3, 40, 2, 100)) {
                samples.skip(skip);
                int at = (int) samples.position();
                assertThat(samples.next().entry().path()).isEqualTo(order.get(at));
            }
            assertThatThrownBy(() -> samples.skip(FILES)).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> samples.skip(-1)).isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void aShardWithoutFilesIsEmptyEvenIfItIsEndless() {
        SampleOptions options = SampleOptions.builder()
                .shard(FILES, FILES + 1)
                .passes(SampleOptions.Passes.ENDLESS)
                .build();
        try (ShuffledSamples samples = samples(options)) {
            assertThat(samples.hasNext()).isFalse();
            assertThat(samples.epoch()).isZero();
        }
    }

    @Test
    @Timeout(60)
    void closingEndsTheWaitOfAnotherThread() throws InterruptedException {
        ShuffledSamples samples = samples(SampleOptions.builder()
                .passes(SampleOptions.Passes.ENDLESS)
                .prefetch(4, 1000)
                .build());
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            try {
                while (samples.hasNext()) {
                    samples.next();
                }
            } catch (MlopsException e) {
                end.set(e);
            }
        });
        reader.start();
        Thread.sleep(50);
        samples.close();
        samples.close();
        reader.join();
        assertThat(end.get()).isInstanceOf(MlopsException.class);
    }
}
