package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.context.Workplace;
import dev.mlops.core.manifest.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a publish of a directory reads that was published from here before. */
class UnchangedFilesTest {
    private static final int FILES = 100;
    /** What is younger is always read again. */
    private static final int AGE_MILLIS = 2_100;

    @TempDir
    private Path directory;

    private Path data;
    private final CountingIntake intake = new CountingIntake();

    /** Keeps digests, and says what was read. */
    private static final class CountingIntake implements FileIntake {
        private final Map<Sha256, Long> contents = new ConcurrentHashMap<>();
        private final List<String> read = new ArrayList<>();

        @Override
        public Stored put(ContentSource file) {
            read.add(file.name());
            try (InputStream in = file.open()) {
                byte[] bytes = in.readAllBytes();
                Sha256 digest = Sha256.of(bytes);
                contents.put(digest, (long) bytes.length);
                return new Stored(digest, bytes.length, true);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Optional<Stored> reuse(Sha256 digest) {
            return Optional.ofNullable(contents.get(digest)).map(size -> new Stored(digest, size, false));
        }
    }

    @BeforeEach
    void makeFiles() throws IOException, InterruptedException {
        data = Files.createDirectory(directory.resolve("data"));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(data.resolve("%03d".formatted(i)), "file " + i);
        }
        Thread.sleep(AGE_MILLIS);
    }

    /** What is read; {@code owner} is the data set. */
    private List<String> publish(String owner) {
        intake.read.clear();
        PublishOptions options = PublishOptions.defaults();
        Workplace workplace = new Workplace(Runnable::run, 1, directory.resolve("cache"));
        try (FilesToPublish files =
                FilesToPublish.open(PublishSource.directory(data, options), owner, options, workplace)) {
            List<TakenFile> taken = new ArrayList<>();
            files.store(intake, taken::add);
            assertThat(taken).hasSize(FILES);
            Manifest manifest = new Manifest(Sha256.of(new byte[0]), files.files(), files.bytes());
            files.published(new Draft(manifest, List.of()));
        }
        return List.copyOf(intake.read);
    }

    @Test
    void onlyWhatChangedIsReadAgain() throws IOException, InterruptedException {
        assertThat(publish("one")).hasSize(FILES);
        assertThat(publish("one")).isEmpty();

        Files.writeString(data.resolve("042"), "FILE 42");
        Files.move(data.resolve("007"), data.resolve("x07"));
        assertThat(publish("one")).containsExactly("042", "x07");
        Thread.sleep(AGE_MILLIS);
        assertThat(publish("one")).as("they were too young before").containsExactly("042", "x07");
        assertThat(publish("one")).isEmpty();
    }

    @Test
    void whatIsNotInTheStoreAnyMoreIsReadAgain() {
        publish("one");
        intake.contents.remove(Sha256.of("file 5".getBytes(StandardCharsets.UTF_8)));

        assertThat(publish("one")).containsExactly("005");
    }

    @Test
    void nothingIsKnownOfAnotherDataSet() {
        publish("one");

        assertThat(publish("two")).hasSize(FILES);
        assertThat(publish("one")).isEmpty();
    }
}
