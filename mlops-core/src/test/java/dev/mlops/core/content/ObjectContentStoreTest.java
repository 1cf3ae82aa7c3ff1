package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract on files, and what happens when someone changes these. */
class ObjectContentStoreTest extends ContentStoreContract {
    private static final int LARGE = 3 * MIB + 100;

    @TempDir
    Path directory;

    private ObjectStore objects;

    @BeforeEach
    void openObjects() {
        objects = FileObjectStore.open(directory.resolve("objects"));
    }

    @AfterEach
    void closeObjects() {
        objects.close();
    }

    @Override
    ContentStore contents() {
        return new ObjectContentStore(objects, directory.resolve("staging"), Runnable::run, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, LARGE})
    void findsAFlippedBit(int size) throws IOException {
        Sha256 digest = put(size);
        flip(fileOf("content", digest), size / 2);
        Path target = Files.writeString(files.resolve("target"), "old");

        assertDamaged(digest, contents().open(digest));
        assertDamaged(digest, contents().open(digest, size / 2, 1));
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> contents().verify(digest))
                .withMessageContaining(digest.hex());
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> contents().copyTo(digest, target, new Cancellation()))
                .withMessageContaining(digest.hex());
        assertThat(target).hasContent("old");
        assertThat(namesIn(files)).containsExactly("target");
    }

    @Test
    void readsARangeOfIntactBlocksBesideADamagedOne() throws IOException {
        Sha256 digest = put(LARGE);
        flip(fileOf("content", digest), MIB + 1);

        assertThat(read(contents().open(digest, 2 * MIB, 500)))
                .isEqualTo(Arrays.copyOfRange(TestBodies.noise(LARGE, LARGE), 2 * MIB, 2 * MIB + 500));
        assertDamaged(digest, contents().open(digest, MIB - 1, MIB));
    }

    @Test
    void givesNoByteOfADamagedBlock() throws IOException {
        Sha256 digest = put(LARGE);
        flip(fileOf("content", digest), 2 * MIB - 1);

        try (InputStream in = contents().open(digest, MIB, 10)) {
            assertThatIOException().isThrownBy(in::read);
        }
    }

    @Test
    void neverGivesAllBytesOfADamagedContent() throws IOException {
        for (int size : new int[] {1, 32 * 1024, LARGE}) {
            Sha256 digest = put(size);
            flip(fileOf("content", digest), 0);

            try (InputStream in = contents().open(digest)) {
                assertThatIOException().isThrownBy(() -> in.readNBytes(size));
                assertThatIOException().as("also when asked again").isThrownBy(in::read);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, MIB, LARGE - 1, LARGE + 1})
    void findsAContentOfAnotherLength(int length) throws IOException {
        Sha256 digest = put(LARGE);
        try (RandomAccessFile file =
                new RandomAccessFile(fileOf("content", digest).toFile(), "rw")) {
            file.setLength(length);
        }

        assertDamaged(digest, contents().open(digest));
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> contents().verify(digest))
                .withMessageContaining(digest.hex());
        for (long offset : new long[] {0, MIB + 5, LARGE - 1}) {
            assertThatThrownByRange(digest, offset);
        }
    }

    private void assertThatThrownByRange(Sha256 digest, long offset) {
        assertThatExceptionOfType(IntegrityException.class)
                .as("range at %d", offset)
                .isThrownBy(() -> {
                    try (InputStream in = contents().open(digest, offset, 1)) {
                        in.readAllBytes();
                    } catch (IOException e) {
                        throw ContentFailures.of("cannot read", e);
                    }
                })
                .withMessageContaining(digest.hex());
    }

    @ParameterizedTest
    @ValueSource(ints = {10, LARGE})
    void replacesAContentOfAnotherLengthWhenItIsPutAgain(int size) throws IOException {
        Sha256 digest = put(size);
        Files.writeString(fileOf("content", digest), "cut");

        assertThat(contents()
                        .put(TestSources.bytes(TestBodies.noise(size, size)))
                        .added())
                .isTrue();
        contents().verify(digest);
        assertThat(read(contents().open(digest, size - 1, 1))).hasSize(1);
    }

    @Test
    void readsRangesOfAContentThatWasReplacedSinceItWasFoundDamaged() throws IOException {
        byte[] bytes = TestBodies.noise(LARGE, LARGE);
        for (int cut : new int[] {10, LARGE - 1}) {
            ContentStore contents = contents();
            Sha256 digest = contents.put(TestSources.bytes(bytes)).digest();
            Files.write(fileOf("content", digest), Arrays.copyOf(bytes, cut));
            assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> contents.open(digest, LARGE - 1, 1));

            contents.put(TestSources.bytes(bytes));

            assertThat(read(contents.open(digest, LARGE - 1, 1))).containsExactly(bytes[LARGE - 1]);
        }
    }

    @Test
    void makesMissingBlockDigestsAgain() throws IOException {
        Sha256 digest = put(LARGE);
        Path blocks = fileOf("blocks", digest);
        byte[] before = Files.readAllBytes(blocks);
        Files.delete(blocks);

        assertThat(read(contents().open(digest, MIB, 3)))
                .isEqualTo(Arrays.copyOfRange(TestBodies.noise(LARGE, LARGE), MIB, MIB + 3));
        assertThat(blocks).hasBinaryContent(before);
    }

    @Test
    void makesDamagedBlockDigestsAgain() throws IOException {
        Sha256 digest = put(LARGE);
        Path blocks = fileOf("blocks", digest);
        byte[] before = Files.readAllBytes(blocks);
        for (int at = 0; at < before.length; at += 17) {
            flip(blocks, at);

            assertThat(read(contents().open(digest, MIB, 3)))
                    .isEqualTo(Arrays.copyOfRange(TestBodies.noise(LARGE, LARGE), MIB, MIB + 3));
            assertThat(blocks).hasBinaryContent(before);
        }
        Files.write(blocks, Arrays.copyOf(before, 20));
        assertThat(read(contents().open(digest, MIB, 3))).hasSize(3);
        assertThat(blocks).hasBinaryContent(before);
    }

    @Test
    void leavesNothingStaged() throws IOException {
        contents().put(TestSources.once("download", new byte[LARGE]));
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> contents().put(new OnceFailing("torn", LARGE)));

        assertThat(directory.resolve("staging")).isEmptyDirectory();
    }

    private record OnceFailing(String name, long sizeHint) implements ContentSource {
        @Override
        public InputStream open() throws IOException {
            return TestSources.failing(name, (int) sizeHint).open();
        }
    }

    @Test
    void saysWhereItCannotStage() throws IOException {
        Files.writeString(directory.resolve("staging"), "a file");

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> contents().put(TestSources.once("download", new byte[LARGE])))
                .withMessageContaining("download")
                .withMessageContaining(directory.resolve("staging").toString());
        assertThat(contents().put(TestSources.once("small", new byte[10])).added())
                .as("small contents are not staged")
                .isTrue();
    }

    @Test
    void refusesAParallelismBelowOne() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new ObjectContentStore(objects, directory, Runnable::run, 0));
    }

    private Sha256 put(int size) {
        return contents().put(TestSources.bytes(TestBodies.noise(size, size))).digest();
    }

    private Path fileOf(String kind, Sha256 digest) {
        return directory.resolve(
                "objects/objects/d-%s/d-%s/o-%s".formatted(kind, digest.hex().substring(0, 2), digest.hex()));
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(at);
            int old = access.read();
            access.seek(at);
            access.write(old ^ 0x10);
        }
    }

    private static void assertDamaged(Sha256 digest, InputStream stream) throws IOException {
        try (InputStream in = stream) {
            assertThatIOException()
                    .isThrownBy(in::readAllBytes)
                    .withMessageContaining(digest.hex())
                    .withCauseInstanceOf(IntegrityException.class);
        }
    }
}
