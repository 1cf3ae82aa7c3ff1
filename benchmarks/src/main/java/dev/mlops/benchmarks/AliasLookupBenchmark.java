package dev.mlops.benchmarks;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
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

/** How long it takes on SQLite to find the version at which an alias stands, access check included. */
@NullUnmarked // JMH sets the fields
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class AliasLookupBenchmark {
    private static final int VERSIONS = 5;

    /** How many models there are, each with five versions. */
    @Param({"100"})
    public int models;

    private TemporaryStore store;
    private Path file;
    private ModelRegistry asOwner;
    private ModelRegistry asReader;

    /** Fills a store. */
    @Setup
    public void fill() throws IOException {
        store = TemporaryStore.open();
        file = Files.write(Files.createTempFile("model", ".bin"), new byte[] {1});
        asOwner = store.project().models();
        for (int i = 0; i < models; i++) {
            fill("m" + i);
        }
        store.project().access().grant(Subject.user("reader"), Privilege.READ);
        Mlops reader = store.mlops().as(Principal.user("reader"));
        asReader = reader.projects().open(store.project().name()).models();
    }

    private void fill(String model) {
        for (int i = 0; i < VERSIONS; i++) {
            asOwner.setAlias(asOwner.importVersion(model, ImportSource.file(file)), "champion");
        }
    }

    /** The local owner asks, who needs no grant. */
    @Benchmark
    public ModelVersion byOwner() {
        return asOwner.version("m0@champion");
    }

    /** A user asks whose grant is looked up. */
    @Benchmark
    public ModelVersion byUser() {
        return asReader.version("m0@champion");
    }

    /** Removes the store. */
    @TearDown
    public void close() throws IOException {
        store.close();
        Files.delete(file);
    }
}
