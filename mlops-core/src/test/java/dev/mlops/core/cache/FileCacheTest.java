package dev.mlops.core.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCacheTest {
    private static final long MAX_BYTES = 10_000;

    @TempDir
    Path directory;

    @TempDir
    Path checkout;

    private final SettableClock clock = new SettableClock();
    private FileCache cache;

    private static final class SettableClock extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

        void advance(Duration duration) {
            now.updateAndGet(instant -> instant.plus(duration));
        }

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @BeforeEach
    void openCache() {
        cache = FileCache.open(directory, MAX_BYTES, clock);
    }

    @AfterEach
    void closeCache() {
        cache.close();
    }

    @Test
    void givesBackWhatWasAdded() throws IOException {
        byte[] bytes = TestBodies.noise(1_000, 1);
        Path path = add(bytes);

        assertThat(path).hasBinaryContent(bytes);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("r--r--r--");
        assertThat(read(bytes)).isEqualTo(bytes);
        assertThat(cache.find(Sha256.of(bytes))).contains(path);
        assertThat(add(bytes)).isEqualTo(path);
        try (FileCache other = FileCache.open(directory, MAX_BYTES)) {
            assertThat(other.verify(Sha256.of(bytes))).isTrue();
        }
    }

    @Test
    void holdsAnEmptyContent() {
        add(new byte[0]);

        assertThat(read(new byte[0])).isEmpty();
    }

    @Test
    void doesNotHaveWhatWasNotAdded() {
        Sha256 other = Sha256.of(new byte[] {1});

        assertThat(cache.open(other)).isEmpty();
        assertThat(cache.find(other)).isEmpty();
        assertThat(cache.verify(other)).isFalse();
        assertThat(cache.linkTo(other, checkout.resolve("a"))).isFalse();
    }

    @Test
    void refusesOtherBytesThanItWasTold() {
        byte[] bytes = TestBodies.noise(1_000, 1);
        Sha256 digest = Sha256.of(bytes);

        for (byte[] wrong : new byte[][] {new byte[0], new byte[999], new byte[1_000], new byte[1_001]}) {
            assertThatExceptionOfType(IntegrityException.class)
                    .isThrownBy(() -> cache.add(digest, 1_000, out -> out.write(wrong)));
        }
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> cache.add(digest, 1_000, out -> {
                    throw new NotFoundException("gone");
                }));
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> cache.add(digest, 1_000, out -> {
                    throw new IOException("broken");
                }))
                .withMessageContaining("broken");
        assertThat(cache.find(digest)).isEmpty();
        assertThat(filesBelow(directory)).isEmpty();
    }

    @Test
    void refusesSizesThatCannotBe() {
        Sha256 digest = Sha256.of(new byte[0]);
        for (long size : new long[] {-1, MAX_BYTES + 1}) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> cache.add(digest, size, out -> {}))
                    .withMessageContaining(Long.toString(size));
        }
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> FileCache.open(directory, 0));
    }

    @Test
    void evictsWhatWasNotUsedForLongest() {
        for (int i = 0; i < 10; i++) {
            add(TestBodies.noise(1_000, i));
            clock.advance(Duration.ofMinutes(2));
        }
        read(TestBodies.noise(1_000, 0));
        clock.advance(Duration.ofMinutes(2));
        cache.linkTo(Sha256.of(TestBodies.noise(1_000, 1)), checkout.resolve("a"));
        clock.advance(Duration.ofMinutes(2));

        add(TestBodies.noise(1_000, 10));

        assertThat(Stream.iterate(0, i -> i + 1).limit(11).filter(i -> isCached(TestBodies.noise(1_000, i))))
                .containsExactly(0, 1, 4, 5, 6, 7, 8, 9, 10);
    }

    @Test
    void countsWhatOthersAdded() {
        try (FileCache other = FileCache.open(directory, MAX_BYTES)) {
            for (int i = 0; i < 30; i++) {
                byte[] bytes = TestBodies.noise(1_000, i);
                (i % 2 == 0 ? cache : other).add(Sha256.of(bytes), bytes.length, out -> out.write(bytes));
                assertThat(bytesBelow(directory.resolve("files"))).isLessThanOrEqualTo(MAX_BYTES);
            }
        }
    }

    @Test
    void shrinksWhenItIsOpenedWithASmallerBound() {
        for (int i = 0; i < 9; i++) {
            add(TestBodies.noise(1_000, i));
        }
        FileCache.open(directory, 2_000).close();

        assertThat(bytesBelow(directory.resolve("files"))).isLessThanOrEqualTo(2_000);
    }

    @Test
    void keepsAnOpenedContentReadableAfterItsEviction() throws IOException {
        byte[] bytes = TestBodies.noise(1_000, 1);
        add(bytes);
        try (FileChannel channel = cache.open(Sha256.of(bytes)).orElseThrow()) {
            FileCache.open(directory, 1).close();

            assertThat(isCached(bytes)).isFalse();
            assertThat(Channels.newInputStream(channel).readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void linksAContentThatOutlivesItsEviction() throws IOException {
        byte[] bytes = TestBodies.noise(1_000, 1);
        Path path = add(bytes);
        Path target = checkout.resolve("a");

        assertThat(cache.linkTo(Sha256.of(bytes), target)).isTrue();
        assertThat(Files.isSameFile(path, target)).isTrue();
        FileCache.open(directory, 1).close();
        assertThat(target).hasBinaryContent(bytes);
    }

    @Test
    void linksOverNothing() throws IOException {
        byte[] bytes = TestBodies.noise(1_000, 1);
        add(bytes);
        Path target = Files.writeString(checkout.resolve("a"), "mine");

        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> cache.linkTo(Sha256.of(bytes), target))
                .withMessageContaining(target.toString());
        assertThat(target).hasContent("mine");
        assertThat(cache.linkTo(Sha256.of(bytes), checkout.resolve("no/such/folder")))
                .isFalse();
        assertThat(isCached(bytes)).isTrue();
    }

    @Test
    void dropsWhatAUserChangedThroughALink() throws IOException {
        for (String change : new String[] {"longer", "same length"}) {
            byte[] bytes = TestBodies.noise(1_000, change.length());
            Sha256 digest = Sha256.of(bytes);
            add(bytes);
            Path target = checkout.resolve(change);
            cache.linkTo(digest, target);
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
            overwrite(target, change.equals("longer") ? 1_000 : 0);
            Files.setLastModifiedTime(target, FileTime.from(Instant.now().plusSeconds(1)));

            assertThat(cache.linkTo(digest, checkout.resolve(change + " again")))
                    .isFalse();
            assertThat(checkout.resolve(change + " again")).doesNotExist();
            assertThat(cache.open(digest)).isEmpty();
            add(bytes);
            assertThat(read(bytes)).isEqualTo(bytes);
            assertThat(Files.readAllBytes(target)).as("the user's file stays").isNotEqualTo(bytes);
        }
    }

    @Test
    void findsAChangeThatLeavesSizeAndTimeWhenAsked() throws IOException {
        byte[] good = TestBodies.noise(1_000, 1);
        byte[] bad = TestBodies.noise(1_000, 2);
        add(good);
        Path path = add(bad);
        FileTime time = Files.getLastModifiedTime(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        overwrite(path, 500);
        Files.setLastModifiedTime(path, time);

        assertThat(isCached(bad)).isTrue();
        assertThat(cache.verifyAll()).containsExactly(Sha256.of(bad));
        assertThat(isCached(bad)).isFalse();
        assertThat(cache.verify(Sha256.of(bad))).isFalse();
        assertThat(cache.verify(Sha256.of(good))).isTrue();
    }

    @Test
    void leavesFilesOfOthersAlone() throws IOException {
        byte[] bytes = TestBodies.noise(1_000, 1);
        Path path = add(bytes);
        Path shard = path.resolveSibling("");
        for (String name : new String[] {
            "readme",
            Sha256.of(bytes).hex(),
            Sha256.of(bytes).hex() + "_1_9999999999999999999_1",
            "_1_1_1",
            path.getFileName() + "_1"
        }) {
            Files.writeString(shard.resolve(name), "not ours");
        }
        Files.writeString(directory.resolve("files/file"), "not ours");

        assertThat(read(bytes)).isEqualTo(bytes);
        assertThat(cache.verifyAll()).isEmpty();
        FileCache.open(directory, 1).close();
        assertThat(filesBelow(directory.resolve("files"))).hasSize(6);
    }

    @Test
    void takesAClockThatWasInTheFuture() {
        clock.advance(Duration.ofDays(1_000));
        add(TestBodies.noise(5_000, 1));
        clock.advance(Duration.ofDays(-1_000));
        add(TestBodies.noise(4_000, 2));
        read(TestBodies.noise(5_000, 1));
        clock.advance(Duration.ofMinutes(5));
        read(TestBodies.noise(4_000, 2));

        add(TestBodies.noise(3_000, 3));

        assertThat(isCached(TestBodies.noise(5_000, 1))).isFalse();
        assertThat(isCached(TestBodies.noise(4_000, 2))).isTrue();
    }

    @Test
    void refusesCallsAfterItWasClosed() {
        byte[] bytes = TestBodies.noise(1_000, 1);
        add(bytes);
        cache.close();
        cache.close();

        assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> cache.open(Sha256.of(bytes)));
        assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> add(bytes));
    }

    @Test
    void saysThatTheDirectoryIsAFile() throws IOException {
        Path file = Files.writeString(checkout.resolve("file"), "x");

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> FileCache.open(file, 1))
                .withMessageContaining(file.toString());
    }

    private Path add(byte[] bytes) {
        return cache.add(Sha256.of(bytes), bytes.length, out -> out.write(bytes));
    }

    private byte[] read(byte[] bytes) {
        try (FileChannel channel = cache.open(Sha256.of(bytes)).orElseThrow()) {
            return Channels.newInputStream(channel).readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean isCached(byte[] bytes) {
        return cache.find(Sha256.of(bytes)).isPresent();
    }

    private static void overwrite(Path file, long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), position);
        }
    }

    private static long bytesBelow(Path folder) {
        return filesBelow(folder).stream()
                .mapToLong(file -> file.toFile().length())
                .sum();
    }

    /** But for the locks. */
    private static List<Path> filesBelow(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".lock") && !file.endsWith("evicting"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
