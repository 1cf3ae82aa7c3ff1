package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every content store must do with one content at a time. */
abstract class ContentStoreContract {
    static final int MIB = 1024 * 1024;

    @TempDir
    Path files;

    /** The one store of this test. */
    abstract ContentStore contents();

    final Stored put(ContentSource source) {
        return TestSources.put(contents(), source);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 17})
    void givesBackWhatWasPut(int size) throws IOException {
        byte[] bytes = TestBodies.noise(size, size);

        Stored stored = put(TestSources.bytes(bytes));

        assertThat(stored).isEqualTo(new Stored(Sha256.of(bytes), size, true));
        assertThat(read(contents().open(stored.digest()))).isEqualTo(bytes);
        assertThat(contents().contains(stored.digest())).isTrue();
        contents().verify(stored.digest());
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 2 * MIB + 1})
    void takesAStreamThatCanBeReadOnlyOnce(int size) throws IOException {
        byte[] bytes = TestBodies.noise(size, 1);

        Stored stored = put(TestSources.once("download", bytes));

        assertThat(read(contents().open(stored.digest()))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 2 * MIB + 1})
    void storesEqualBytesOnce(int size) {
        byte[] bytes = TestBodies.noise(size, 1);

        assertThat(put(TestSources.bytes(bytes)).added()).isTrue();
        assertThat(put(TestSources.bytes(bytes)).added()).isFalse();
        assertThat(put(TestSources.once("again", bytes)).added()).isFalse();
    }

    @Test
    void storesRacingEqualContent() throws IOException {
        byte[] bytes = TestBodies.noise(MIB + 100, 1);
        List<Stored> stored = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> put(TestSources.bytes(bytes)))
                .toList();

        assertThat(stored).extracting(Stored::digest).containsOnly(Sha256.of(bytes));
        assertThat(stored).filteredOn(Stored::added).isNotEmpty();
        assertThat(read(contents().open(Sha256.of(bytes)))).isEqualTo(bytes);
    }

    @Test
    void storesAFile() throws IOException {
        Path file = Files.write(files.resolve("model.onnx"), TestBodies.noise(2 * MIB, 1));

        Stored stored = put(ContentSource.of(file));

        assertThat(stored.digest()).isEqualTo(Sha256.of(Files.readAllBytes(file)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, MIB + 5})
    void namesTheSourceThatFails(int good) {
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> put(TestSources.failing("camera", good)))
                .withMessageContaining("camera")
                .withMessageContaining("cable pulled");
    }

    @Test
    void saysThatAContentIsMissing() {
        Sha256 missing = Sha256.of(new byte[] {1, 2, 3});
        Path target = files.resolve("target");

        assertThat(contents().contains(missing)).isFalse();
        assertMissing(missing, () -> contents().open(missing));
        assertMissing(missing, () -> contents().open(missing, 0, 1));
        assertMissing(missing, () -> contents().verify(missing));
        assertMissing(missing, () -> contents().copyTo(missing, target, new Cancellation()));
        assertThat(files).isEmptyDirectory();
    }

    private static void assertMissing(Sha256 digest, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NotFoundException.class).hasMessageContaining(digest.hex());
    }

    @Test
    void refusesARangeThatIsNegativeOrBeginsPastTheEnd() {
        for (int size : new int[] {0, 10, 2 * MIB}) {
            Sha256 digest = put(TestSources.bytes(TestBodies.noise(size, 1))).digest();
            for (long[] range : new long[][] {{-1, 1}, {0, -1}, {size + 1, 0}, {size + 1, 1}, {Long.MAX_VALUE, 1}}) {
                assertThatExceptionOfType(InvalidInputException.class)
                        .as("%d+%d of %d", range[0], range[1], size)
                        .isThrownBy(() -> contents().open(digest, range[0], range[1]));
            }
        }
    }

    @Test
    void cutsARangeAtTheEnd() throws IOException {
        byte[] bytes = TestBodies.noise(2 * MIB + 5, 1);
        Sha256 digest = put(TestSources.bytes(bytes)).digest();

        assertThat(read(contents().open(digest, 2 * MIB + 3, Long.MAX_VALUE)))
                .isEqualTo(Arrays.copyOfRange(bytes, 2 * MIB + 3, 2 * MIB + 5));
        assertThat(read(contents().open(digest, 2 * MIB + 5, 10))).isEmpty();
        assertThat(read(contents().open(digest, 100, 0))).isEmpty();
    }

    @Test
    void copiesToAFileInPlaceOfTheOldOne() throws IOException {
        byte[] bytes = TestBodies.noise(2 * MIB + 5, 1);
        Sha256 digest = put(TestSources.bytes(bytes)).digest();
        Path old = Files.writeString(files.resolve("old"), "old");
        Path fresh = files.resolve("new/folder/file");

        contents().copyTo(digest, old, new Cancellation());
        contents().copyTo(digest, fresh, new Cancellation());

        assertThat(old).hasBinaryContent(bytes);
        assertThat(fresh).hasBinaryContent(bytes);
        assertThat(namesIn(files)).containsExactly("new", "old");
        assertThat(namesIn(fresh.getParent())).containsExactly("file");
    }

    @Test
    void leavesTheOldFileWhenACopyIsCancelled() throws IOException {
        Sha256 digest = put(TestSources.bytes(TestBodies.noise(2 * MIB, 1))).digest();
        Path old = Files.writeString(files.resolve("old"), "old");
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        assertThatExceptionOfType(CancelledException.class)
                .isThrownBy(() -> contents().copyTo(digest, old, cancellation));
        assertThat(old).hasContent("old");
        assertThat(namesIn(files)).containsExactly("old");
    }

    @Test
    void saysWhereItCannotCopyTo() throws IOException {
        Sha256 digest = put(TestSources.bytes(new byte[10])).digest();
        Path file = Files.writeString(files.resolve("file"), "x");
        Path folder = Files.createDirectories(files.resolve("folder/below"));

        for (Path target : List.of(file.resolve("below"), folder.resolveSibling(""))) {
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> contents().copyTo(digest, target, new Cancellation()))
                    .withMessageContaining(target.toString());
        }
        assertThat(namesIn(files)).containsExactly("file", "folder");
    }

    static byte[] read(InputStream stream) throws IOException {
        try (InputStream in = stream) {
            return in.readAllBytes();
        }
    }

    static List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            return names.map(name -> name.getFileName().toString()).sorted().toList();
        }
    }
}
