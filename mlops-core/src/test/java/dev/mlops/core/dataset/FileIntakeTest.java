package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.content.PackContentStore;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.jdbc.SqliteMetadataStore;
import dev.mlops.testkit.object.TestBodies;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIntakeTest {
    @TempDir
    Path directory;

    private CountedMetadata metadata;
    private ObjectStore objects;
    private PackContentStore content;

    @BeforeEach
    void open() {
        metadata = new CountedMetadata(SqliteMetadataStore.open(directory.resolve("mlops.db")));
        objects = FileObjectStore.open(directory.resolve("objects"));
        content = new PackContentStore(objects, metadata, directory.resolve("index"), Runnable::run, 1);
    }

    @AfterEach
    void close() {
        content.close();
        objects.close();
        metadata.close();
    }

    private static ContentSource file(int seed) {
        return ContentSource.of("file " + seed, ObjectBody.of(TestBodies.noise(1_000, seed)));
    }

    @Test
    void comparesManyNewFilesWithOneLookAtTheStore() {
        try (ContentWriter writer = content.writer(new Cancellation())) {
            writer.put(file(0));
            writer.flush();
        }
        int before = metadata.reads.get();

        FileIntake intake = FileIntake.comparing(content);
        for (int i = 0; i < 100; i++) {
            Stored compared = intake.put(file(i));
            assertThat(compared.added()).isEqualTo(i > 0);
            assertThat(intake.reuse(compared.digest()).isPresent()).isEqualTo(i == 0);
        }

        assertThat(metadata.reads.get() - before).isEqualTo(1);
        assertThat(intake.reuse(Sha256.of(TestBodies.noise(1_000, 0)))).contains(intake.put(file(0)));
    }

    private static final class CountedMetadata implements MetadataStore {
        private final MetadataStore store;
        private final AtomicInteger reads = new AtomicInteger();

        CountedMetadata(MetadataStore store) {
            this.store = store;
        }

        @Override
        public <T> T transaction(Function<? super MetadataTransaction, ? extends T> work) {
            return store.transaction(work);
        }

        @Override
        public <T> T read(Function<? super MetadataTransaction, ? extends T> work) {
            reads.incrementAndGet();
            return store.read(work);
        }

        @Override
        public String describe() {
            return store.describe();
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
