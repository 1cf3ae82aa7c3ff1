package dev.mlops.core.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.progress.Cancellation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatCacheTest {
    private static final Path ROOT = Path.of("/data/images");
    private static final Sha256 PUBLISH = Sha256.of(new byte[] {1});
    private static final long OLD = 1_000_000_000_123_456_789L;

    @TempDir
    private Path directory;

    private StatCache open() {
        return StatCache.open(directory, "d1", ROOT).orElseThrow();
    }

    private static FileStamp stamp(int i) {
        return new FileStamp(100 + i, OLD + i, OLD + 2L * i, 1_000 + i);
    }

    private static KnownFile known(int i) {
        return new KnownFile(
                Sha256.of(("" + i).getBytes(StandardCharsets.UTF_8)),
                i % 10 == 0 ? "image/png" : "text/csv",
                i % 3 == 0 ? MediaFacts.NONE : new MediaFacts(i, null, null, 7L * i));
    }

    private static String path(int i) {
        return "folder/%06d.png".formatted(i);
    }

    private void remember(int count) {
        try (StatCache cache = open()) {
            for (int i = 0; i < count; i++) {
                cache.note(path(i), stamp(i), known(i));
            }
            cache.commit(PUBLISH);
        }
    }

    @Test
    void clearsAwayWhatKilledPublishesLeft() throws IOException {
        Path old = Files.writeString(directory.resolve("ab-" + UUID.randomUUID() + ".tmp"), "x");
        Path current = Files.writeString(directory.resolve("cd-" + UUID.randomUUID() + ".tmp"), "x");
        Path another = Files.writeString(directory.resolve("another"), "x");
        for (Path file : List.of(old, another)) {
            Files.setLastModifiedTime(
                    file, FileTime.from(Clock.systemUTC().instant().minus(Duration.ofHours(25))));
        }

        open().close();

        assertThat(old).doesNotExist();
        assertThat(current).exists();
        assertThat(another).exists();
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.toList();
            assertThat(found).as("one file and nothing left behind").hasSize(1);
            return found.get(0);
        }
    }

    @Test
    void whatWasNotedIsFoundAgain() {
        remember(20_000);
        try (StatCache cache = open()) {
            for (int i = 0; i < 20_000; i += 1 + i % 3) {
                assertThat(cache.find(path(i), stamp(i))).contains(known(i));
                assertThat(cache.find(path(i) + "x", stamp(i))).isEmpty();
            }
            assertThat(cache.find("zzz", stamp(1))).isEmpty();
        }
    }

    @Test
    void whatDiffersInAnythingIsNotBelieved() {
        remember(10);
        FileStamp stamp = stamp(5);
        for (FileStamp other : List.of(
                new FileStamp(stamp.size() + 1, stamp.modifiedNanos(), stamp.changedNanos(), stamp.inode()),
                new FileStamp(stamp.size(), stamp.modifiedNanos() + 1, stamp.changedNanos(), stamp.inode()),
                new FileStamp(stamp.size(), stamp.modifiedNanos(), stamp.changedNanos() - 1, stamp.inode()),
                new FileStamp(stamp.size(), stamp.modifiedNanos(), stamp.changedNanos(), stamp.inode() + 1))) {
            try (StatCache cache = open()) {
                assertThat(cache.find(path(5), other)).isEmpty();
                assertThat(cache.find(path(6), stamp(6))).contains(known(6));
            }
        }
    }

    @Test
    void aFileThatWasModifiedJustBeforeItWasReadIsReadAgain() throws IOException {
        Path touched = Files.createTempFile(directory.getParent(), "now", "");
        long now = Attributes.read(touched).stamp().modifiedNanos();
        Files.delete(touched);
        long second = TimeUnit.SECONDS.toNanos(1);
        try (StatCache cache = open()) {
            cache.note("a-long-ago", new FileStamp(1, now - 60 * second, now - 60 * second, 1), known(1));
            cache.note("b-modified-now", new FileStamp(1, now, OLD, 2), known(2));
            cache.note("c-changed-now", new FileStamp(1, OLD, now - second, 3), known(3));
            cache.note("d-in-future", new FileStamp(1, now + 60 * second, OLD, 4), known(4));
            cache.commit(PUBLISH);
        }
        try (StatCache cache = open()) {
            assertThat(cache.find("a-long-ago", new FileStamp(1, now - 60 * second, now - 60 * second, 1)))
                    .contains(known(1));
            assertThat(cache.find("b-modified-now", new FileStamp(1, now, OLD, 2)))
                    .isEmpty();
            assertThat(cache.find("c-changed-now", new FileStamp(1, OLD, now - second, 3)))
                    .isEmpty();
            assertThat(cache.find("d-in-future", new FileStamp(1, now + 60 * second, OLD, 4)))
                    .isEmpty();
        }
    }

    @Test
    void aPublishThatFailsChangesNothing() throws IOException {
        remember(3);
        try (StatCache cache = open()) {
            cache.note(path(1), stamp(7), known(7));
        }
        try (StatCache cache = open()) {
            assertThat(cache.find(path(1), stamp(1))).contains(known(1));
        }
        file();
    }

    @Test
    void otherDataSetsAndDirectoriesKnowNothingOfEachOther() {
        remember(3);
        for (StatCache other : List.of(
                StatCache.open(directory, "d2", ROOT).orElseThrow(),
                StatCache.open(directory, "d1", Path.of("/data/other")).orElseThrow())) {
            try (other) {
                assertThat(other.find(path(1), stamp(1))).isEmpty();
            }
        }
    }

    @Test
    void twoAtOnceDoNotHurtEachOther() {
        remember(3);
        try (StatCache one = open();
                StatCache other = open()) {
            one.note(path(1), stamp(1), known(1));
            other.note(path(2), stamp(2), known(2));
            one.commit(PUBLISH);
            other.commit(PUBLISH);
            assertThat(one.find(path(1), stamp(1))).as("ended").isEmpty();
        }
        try (StatCache cache = open()) {
            assertThat(cache.find(path(1), stamp(1))).isEmpty();
            assertThat(cache.find(path(2), stamp(2))).contains(known(2));
        }
    }

    @Test
    void damageIsNeverBelieved() throws IOException {
        remember(40);
        Path file = file();
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= (byte) (1 << (i % 8));
            assertNothingWrongIsFound(file, damaged);
        }
        for (int length = 0; length < bytes.length; length += 7) {
            assertNothingWrongIsFound(file, Arrays.copyOf(bytes, length));
        }
    }

    private void assertNothingWrongIsFound(Path file, byte[] damaged) throws IOException {
        Files.write(file, damaged);
        try (StatCache cache = open()) {
            for (int i = 0; i < 40; i++) {
                Optional<KnownFile> found = cache.find(path(i), stamp(i));
                assertThat(found.isEmpty() || found.get().equals(known(i))).isTrue();
            }
        }
    }

    @Test
    void whereNothingCanBeWrittenThereIsNoCache() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(StatCache.open(file, "d1", ROOT)).isEmpty();
    }

    private static SourceFiles walk(int from, int to) {
        Iterator<SourceFile> files = IntStream.range(from, to)
                .mapToObj(i -> SourceFile.ofFile(path(i), ROOT.resolve(path(i)), stamp(i)))
                .iterator();
        return new SourceFiles() {
            @Override
            public Order order() {
                return Order.BY_PATH;
            }

            @Override
            public boolean hasNext() {
                return files.hasNext();
            }

            @Override
            public SourceFile next() {
                return files.next();
            }

            @Override
            public void close() {}
        };
    }

    private boolean knows(Sha256 publish, int from, int to) {
        long bytes = IntStream.range(0, 5_000).mapToLong(i -> stamp(i).size()).sum();
        try (StatCache cache = open()) {
            return cache.knows(publish, walk(from, to), 5_000, bytes, new Cancellation());
        }
    }

    @Test
    void aWalkIsKnownOnlyWithAllFilesAndNoOthers() {
        remember(5_000);

        assertThat(knows(PUBLISH, 0, 5_000)).isTrue();
        assertThat(knows(PUBLISH, 0, 4_999)).isFalse();
        assertThat(knows(PUBLISH, 1, 5_000)).isFalse();
        assertThat(knows(PUBLISH, 0, 5_001)).isFalse();
        assertThat(knows(Sha256.of(new byte[] {2}), 0, 5_000)).isFalse();
    }

    @Test
    void aWalkIsNotKnownFromACacheThatEndsEarly() throws IOException {
        remember(5_000);
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length += 1 + whole.length / 50) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThat(knows(PUBLISH, 0, 5_000)).as("%d bytes", length).isFalse();
        }
        Files.write(file(), whole);
        assertThat(knows(PUBLISH, 0, 5_000)).isTrue();
    }
}
