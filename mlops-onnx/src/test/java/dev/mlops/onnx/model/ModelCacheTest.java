package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCacheTest {
    private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path work;

    private Path folder;
    private Path file;
    private OnnxOptions options;

    @BeforeEach
    void writeModel() throws IOException {
        folder = work.resolve("cache");
        options = OnnxOptions.builder()
                .intraOpThreads(1)
                .cache(ModelCache.in(folder))
                .build();
        file = Files.write(work.resolve("model.onnx"), TestModels.plus(1));
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    }

    private float load() {
        try (OnnxModel model = OnnxModel.load(file, options)) {
            return model.run(new float[] {10}).floats("y")[0];
        }
    }

    private List<Path> kept(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.toString().endsWith(ending)).toList();
        }
    }

    @Test
    void aModelIsOptimizedOnceAndLoadedFromTheCacheThen() throws IOException {
        assertThat(load()).isEqualTo(11);
        assertThat(kept(".ort")).hasSize(1);
        assertThat(kept(".digest")).hasSize(1);
        FileTime written = Files.getLastModifiedTime(kept(".ort").get(0));

        // The cache alone can give these bytes now: what the file holds is no model any more, but looks the same from
        // outside.
        Files.write(file, new byte[TestModels.plus(1).length]);
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));

        assertThat(load()).isEqualTo(11);
        assertThat(Files.getLastModifiedTime(kept(".ort").get(0))).isEqualTo(written);
    }

    @Test
    void theSignatureIsTheSame() {
        try (OnnxModel first = OnnxModel.load("m", TestModels.twoInputs(), options);
                OnnxModel second = OnnxModel.load("m", TestModels.twoInputs(), options)) {
            assertThat(second.signature()).isEqualTo(first.signature());
            assertThat(second.signature().metadata()).containsEntry("task", "arithmetic");
        }
    }

    @Test
    void anotherModelInTheSameFileIsAnother() throws IOException {
        assertThat(load()).isEqualTo(11);
        Files.write(file, TestModels.plus(2));
        assertThat(load()).isEqualTo(12);
        assertThat(kept(".ort")).hasSize(2);
        assertThat(kept(".digest")).hasSize(1);
    }

    @Test
    void otherOptimizationIsAnotherEntry() throws IOException {
        load();
        OnnxOptions basic = OnnxOptions.builder()
                .optimization(OnnxOptions.Optimization.BASIC)
                .cache(ModelCache.in(folder))
                .build();
        OnnxModel.load(file, basic).close();
        assertThat(kept(".ort")).hasSize(2);
    }

    @Test
    void aDamagedEntryIsReplaced() throws IOException {
        load();
        Path entry = kept(".ort").get(0);
        long length = Files.size(entry);
        for (long at : new long[] {0, length / 2, length - 1}) {
            flip(entry, at);
            assertThat(load()).isEqualTo(11);
            assertThat(kept(".ort")).containsExactly(entry);
        }
        try (FileChannel channel = FileChannel.open(entry, StandardOpenOption.WRITE)) {
            channel.truncate(length / 2);
        }
        assertThat(load()).isEqualTo(11);
        assertThat(Files.size(entry)).isEqualTo(length);
    }

    private static void flip(Path entry, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(entry, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer octet = ByteBuffer.allocate(1);
            channel.read(octet, at);
            octet.put(0, (byte) (octet.get(0) ^ 0x40)).flip();
            channel.write(octet, at);
        }
    }

    @Test
    void whatOnnxRuntimeDoesNotTakeIsReplaced() throws IOException {
        load();
        Path entry = kept(".ort").get(0);
        // A whole file of the right name that is no model.
        Path forged = Files.write(work.resolve("forged"), new byte[4096]);
        ModelCache cache = ModelCache.in(folder);
        Files.delete(entry);
        cache.add(entry.getFileName().toString().substring(0, 64), forged);
        assertThat(load()).isEqualTo(11);
        assertThat(kept(".ort")).containsExactly(entry);
    }

    @Test
    void aDamagedNoteOfADigestIsNotBelieved() throws IOException {
        load();
        Path note = kept(".digest").get(0);
        for (String text : List.of("", "nonsense", Files.readString(note).substring(0, 70))) {
            Files.writeString(note, text);
            assertThat(load()).isEqualTo(11);
        }
        assertThat(kept(".ort")).hasSize(1);
    }

    @Test
    void noCacheIsNoFailure() throws IOException {
        load();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(folder);
        assertThat(load()).isEqualTo(11);
        assertThatThrownBy(() -> OnnxModel.load(work.resolve("none.onnx"), options))
                .isInstanceOf(InvalidInputException.class);
        try (OnnxModel model = OnnxModel.load("bytes", TestModels.plus(3), options)) {
            assertThat(model.run(new float[] {10}).floats("y")).containsExactly(13);
        }
        assertThatThrownBy(() -> ModelCache.in(file)).isInstanceOf(UnavailableException.class);
    }

    @Test
    void whatIsNoModelIsRefusedAsWithoutACache() throws IOException {
        Files.write(file, new byte[] {1, 2, 3});
        assertThatThrownBy(this::load)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("model.onnx")
                .hasMessageContaining("cannot be loaded");
        assertThat(kept(".ort")).isEmpty();
    }

    @Test
    void severalLoadersAtOnceDoNotHurtEachOther() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            List<Future<Float>> loads = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                loads.add(executor.submit(this::load));
            }
            for (Future<Float> each : loads) {
                assertThat(each.get()).isEqualTo(11f);
            }
            assertThat(kept(".ort")).hasSize(1);
        } finally {
            executor.shutdownNow();
        }
    }
}
