package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class BackgroundPackingTest {
    private static final int WIDTH = 512;

    private final CountDownLatch mayPack = new CountDownLatch(1);
    private Path folder;
    private Path file;

    /** The model is in the cache, and the thread that packs is held up. */
    @BeforeEach
    void fillTheCache(@TempDir Path work) throws Exception {
        folder = work.resolve("cache");
        file = Files.write(work.resolve("model.onnx"), TestModels.slowRows());
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        load(true).close();
        Future<?> unused = BackgroundPacking.THREAD.submit(() -> mayPack.await(1, TimeUnit.MINUTES));
    }

    @AfterEach
    void letThePackingThreadGo() throws Exception {
        pack();
    }

    private OnnxModel load(boolean foreignFunctions) {
        return OnnxModel.load(
                file,
                OnnxOptions.builder()
                        .intraOpThreads(1)
                        .foreignFunctions(foreignFunctions)
                        .cache(ModelCache.in(folder))
                        .packing(Packing.IN_BACKGROUND)
                        .build());
    }

    private void emptyTheCache() throws IOException {
        try (Stream<Path> cached = Files.list(folder)) {
            for (Path each : cached.toList()) {
                Files.delete(each);
            }
        }
    }

    /** Lets the thread pack, and waits until it has. */
    private void pack() throws Exception {
        mayPack.countDown();
        BackgroundPacking.THREAD.submit(() -> {}).get(1, TimeUnit.MINUTES);
    }

    private static Tensor rows(int count, float first) {
        float[] data = new float[count * WIDTH];
        for (int i = 0; i < data.length; i++) {
            data[i] = first + i % 7 * 0.125f;
        }
        return Tensor.floats(data, count, WIDTH);
    }

    private static float[] run(BoundRun run, Tensor input) {
        run.input(0).floats().put(0, input.floats());
        run.run();
        float[] given = new float[run.output(0).floats().capacity()];
        run.output(0).floats().get(0, given);
        return given;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runsGoOnFromBeforeToAfter(boolean foreignFunctions) throws Exception {
        Tensor three = rows(3, 0.5f);
        Tensor two = rows(2, 0.5f);
        try (OnnxModel model = load(foreignFunctions);
                BoundRun bound = model.bind(3, WIDTH);
                BoundRun fewer = bound.withRows(2);
                BoundRun unused = model.bind(1, WIDTH)) {
            assertThat(model.runtime().fromCache()).isTrue();
            assertThat(model.isPacked()).isFalse();
            float[] plain = model.run(three).tensor().floats();
            assertThat(run(bound, three)).isEqualTo(plain);
            float[] firstRows = Arrays.copyOf(plain, plain.length / 3 * 2);
            assertThat(run(fewer, two)).containsExactly(firstRows, within(1e-3f));
            var memory = bound.output(0).floats();

            pack();

            assertThat(model.isPacked()).isTrue();
            assertThat(model.run(three).tensor().floats()).containsExactly(plain, within(1e-3f));
            assertThat(run(bound, three)).containsExactly(plain, within(1e-3f));
            assertThat(bound.output(0).floats()).isSameAs(memory);
            assertThat(run(fewer, two)).containsExactly(firstRows, within(1e-3f));
            assertThat(unused.toString()).contains("[1,512]");
        }
    }

    @Test
    void aModelThatIsNotInTheCacheIsPackedAtOnce() throws Exception {
        emptyTheCache();
        try (OnnxModel model = load(true)) {
            assertThat(model.runtime().fromCache()).isFalse();
            assertThat(model.isPacked()).isTrue();
        }
    }

    @Test
    void aModelThatCannotBePackedAnyMoreRunsOn() throws Exception {
        try (OnnxModel model = load(true)) {
            emptyTheCache();
            pack();
            assertThat(model.isPacked()).isFalse();
            assertThat(model.run(rows(2, 1)).tensor().floats()).hasSize(2 * WIDTH);
        }
    }

    @Test
    void aModelMayBeClosedBeforeOrWhileItIsPacked() throws Exception {
        load(true).close();
        mayPack.countDown();
        for (int i = 0; i < 20; i++) {
            OnnxModel model = load(true);
            if (i % 2 == 0) {
                assertThat(model.run(rows(1, i)).tensor().floats()).hasSize(WIDTH);
            }
            model.close();
        }
        pack();
    }

    /** Plain and bound runs in four threads, while twenty models change over. */
    @Test
    void noRunFailsWhileModelsChangeOver() throws Exception {
        Tensor input = rows(2, 0.25f);
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            mayPack.countDown();
            float[] expected = null;
            for (int i = 0; i < 20; i++) {
                try (OnnxModel model = load(true)) {
                    expected = expected == null ? model.run(input).tensor().floats() : expected;
                    List<Future<float[]>> runs = new ArrayList<>();
                    for (int thread = 0; thread < 4; thread++) {
                        boolean isBound = thread % 2 == 0;
                        runs.add(executor.submit(() -> untilPacked(model, input, isBound)));
                    }
                    for (Future<float[]> run : runs) {
                        assertThat(run.get(1, TimeUnit.MINUTES)).containsExactly(expected, within(1e-3f));
                    }
                }
            }
        } finally {
            executor.shutdown();
        }
    }

    private static float[] untilPacked(OnnxModel model, Tensor input, boolean isBound) {
        try (BoundRun bound = model.bind(2, WIDTH)) {
            while (true) {
                boolean isLast = model.isPacked();
                float[] given =
                        isBound ? run(bound, input) : model.run(input).tensor().floats();
                if (isLast) {
                    return given;
                }
            }
        }
    }
}
