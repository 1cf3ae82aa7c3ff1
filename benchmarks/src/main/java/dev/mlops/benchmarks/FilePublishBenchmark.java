package dev.mlops.benchmarks;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Publishing many small files as a version of a data set on SQLite and files: versions, files and bytes a second. */
@NullUnmarked // JMH sets the fields
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
public class FilePublishBenchmark {
    private static final int FILE_BYTES = 1_024;

    /** Files in a version, of 1 KiB each. */
    @Param({"100", "1000"})
    public int files;

    private TemporaryStore store;
    private byte[] noise;
    private long serial;

    /** What was published. */
    @State(Scope.Thread)
    @AuxCounters
    public static class Volume {
        /** Files. */
        public long publishedFiles;

        /** Bytes. */
        public long publishedBytes;

        void add(DatasetVersion version) {
            publishedFiles += version.files();
            publishedBytes += version.bytes();
        }
    }

    /** Opens a store and publishes the files that {@link #knownFiles} publishes again. */
    @Setup
    public void open() {
        store = TemporaryStore.open();
        noise = new byte[FILE_BYTES];
        new Random(1).nextBytes(noise);
        publish("known", 0);
    }

    /** Each file is new to the store. */
    @Benchmark
    public DatasetVersion newFiles(Volume volume) {
        serial += files;
        DatasetVersion version = publish("new", serial);
        volume.add(version);
        return version;
    }

    /** The store has each file already. */
    @Benchmark
    public DatasetVersion knownFiles(Volume volume) {
        DatasetVersion version = publish("known", 0);
        volume.add(version);
        return version;
    }

    private DatasetVersion publish(String name, long firstSerial) {
        Iterator<FileSource> sources =
                IntStream.range(0, files).mapToObj(i -> file(firstSerial, i)).iterator();
        return store.project().datasets().publish(name, sources, PublishOptions.defaults());
    }

    private FileSource file(long firstSerial, int index) {
        byte[] bytes = noise.clone();
        ByteBuffer.wrap(bytes).putLong(firstSerial + index);
        return FileSource.of("%03d/%06d.bin".formatted(index / 1000, index), bytes);
    }

    /** Removes the store. */
    @TearDown
    public void close() {
        store.close();
    }
}
