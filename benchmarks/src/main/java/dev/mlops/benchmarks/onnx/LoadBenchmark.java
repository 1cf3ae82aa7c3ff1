package dev.mlops.benchmarks.onnx;

import dev.mlops.onnx.model.ModelCache;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Packing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How long a model file takes to load, without and with the cache of optimized models; closing included but for {@link #background}. */
@NullUnmarked // JMH sets the fields
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class LoadBenchmark {
    /** See {@link BenchmarkModel#named}; {@code large} has 55 MB of weights. */
    @Param({"large", "encoder"})
    public String model;

    private Path folder;
    private Path file;
    private OnnxOptions plainly;
    private OnnxOptions throughCache;
    private OnnxOptions mappedOnly;
    private OnnxOptions packedBehind;
    private OnnxModel loaded;

    /** Writes the file, and loads it once through the cache. */
    @Setup
    public void write() throws IOException {
        folder = Files.createTempDirectory("mlops-load-benchmark");
        file = Files.write(
                folder.resolve("model.onnx"), BenchmarkModel.named(model).bytes());
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        plainly = OnnxOptions.builder().intraOpThreads(1).build();
        OnnxOptions.Builder cached =
                OnnxOptions.builder().intraOpThreads(1).cache(ModelCache.in(folder.resolve("cache")));
        throughCache = cached.build();
        packedBehind = cached.packing(Packing.IN_BACKGROUND).build();
        mappedOnly = cached.packing(Packing.NEVER).build();
        OnnxModel.load(file, throughCache).close();
    }

    /** Deletes the files. */
    @TearDown
    public void delete() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** Waits for what goes on behind a load, so that it is no part of the next one. */
    @TearDown(Level.Invocation)
    public void close() throws InterruptedException {
        if (loaded != null) {
            while (!loaded.isPacked()) {
                Thread.sleep(1);
            }
            loaded.close();
            loaded = null;
        }
    }

    /** From the file. */
    @Benchmark
    public void plain() {
        OnnxModel.load(file, plainly).close();
    }

    /** From the cache. */
    @Benchmark
    public void cached() {
        OnnxModel.load(file, throughCache).close();
    }

    /** From the cache, ready at once, with weights that are packed behind; without closing. */
    @Benchmark
    public void background() {
        loaded = OnnxModel.load(file, packedBehind);
    }

    /** From the cache, with weights that stay where they are in the mapped file. */
    @Benchmark
    public void mapped() {
        OnnxModel.load(file, mappedOnly).close();
    }
}
