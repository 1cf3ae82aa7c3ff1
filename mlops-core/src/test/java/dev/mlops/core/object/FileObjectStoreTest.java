package dev.mlops.core.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileObjectStoreTest {
    @TempDir
    Path directory;

    @TempDir
    Path outputs;

    @Test
    void saysThatTheDirectoryIsAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> FileObjectStore.open(file))
                .withMessageContaining(file.toString());
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> FileObjectStore.open(file.resolve("below")));
    }

    @Test
    void refusesAFormatThatItDoesNotKnow() throws IOException {
        FileObjectStore.open(directory).close();
        Files.writeString(directory.resolve("format"), "mlops file object store, format 2\n");

        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> FileObjectStore.open(directory))
                .withMessageContaining("format 2")
                .withMessageContaining(directory.toString());
    }

    @Test
    void doesNotListFilesThatSomeoneElsePutThere() throws IOException {
        try (FileObjectStore store = FileObjectStore.open(directory)) {
            store.putIfAbsent("a/b", TestBodies.text("x"));
            Files.writeString(directory.resolve("objects/.DS_Store"), "x");
            Files.writeString(directory.resolve("objects/o-UPPER"), "x");
            Files.createDirectory(directory.resolve("objects/lost+found"));

            List<String> keys = new ArrayList<>();
            store.list("").forEachRemaining((ObjectInfo info) -> keys.add(info.key()));
            assertThat(keys).containsExactly("a/b");
        }
    }

    @Test
    void tellsWhenAnObjectIsCutWhileItIsRead() throws IOException {
        try (FileObjectStore store = FileObjectStore.open(directory)) {
            store.putIfAbsent("cut", ObjectBody.of(new byte[500_000]));
            try (InputStream in = store.get("cut");
                    RandomAccessFile file = new RandomAccessFile(
                            directory.resolve("objects/o-cut").toFile(), "rw")) {
                file.setLength(100_000);

                assertThatIOException()
                        .isThrownBy(in::readAllBytes)
                        .withMessageContaining("'cut'")
                        .withCauseInstanceOf(IntegrityException.class);
            }
        }
    }

    @Test
    void skipsInTheMiddleOfARangeAndNotPastItsEnd() throws IOException {
        byte[] bytes = TestBodies.noise(10_000, 1);
        try (FileObjectStore store = FileObjectStore.open(directory)) {
            store.putIfAbsent("a", ObjectBody.of(bytes));
            try (InputStream in = store.get("a", 1_000, 5_000)) {
                assertThat(in.skip(2_000)).isEqualTo(2_000);
                assertThat(in.readNBytes(10)).isEqualTo(Arrays.copyOfRange(bytes, 3_000, 3_010));
                assertThat(in.skip(-5)).isZero();
                assertThat(in.skip(Long.MAX_VALUE)).isEqualTo(2_990);
                assertThat(in.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void storesABodyThatGivesItsBytesInDrops() throws IOException {
        byte[] bytes = TestBodies.noise(2_500_000, 1);
        ObjectBody drops = new ObjectBody() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes) {
                    @Override
                    public synchronized int read(byte[] into, int offset, int length) {
                        return super.read(into, offset, Math.min(length, 1_337));
                    }
                };
            }
        };
        try (FileObjectStore store = FileObjectStore.open(directory)) {
            store.putIfAbsent("a", drops);

            assertThat(store.localFile("a").orElseThrow()).hasBinaryContent(bytes);
        }
    }

    @Test
    void endsAPutOfAnInterruptedThread() {
        try (FileObjectStore store = FileObjectStore.open(directory)) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(CancelledException.class)
                    .isThrownBy(() -> store.putIfAbsent("a", TestBodies.text("x")));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.head("a")).isEmpty();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void leavesNothingStagedWhenItIsClosed() throws IOException {
        try (FileObjectStore store = FileObjectStore.open(directory)) {
            store.putIfAbsent("a", TestBodies.text("x"));
        }

        assertThat(directory.resolve("staging")).isEmptyDirectory();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no limit on the size of a process's files")
    void saysWhichObjectDidNotFitInto() throws Exception {
        List<String> lines = run("ulimit -f 2000; exec \"$@\"", "until-failure", directory.toString(), "3", "20000000");

        assertThat(lines.get(0))
                .startsWith("UnavailableException: cannot write object 'fill/0'")
                .contains("too large");
        assertThat(lines.get(1)).isEqualTo("now false true");
    }

    @Test
    void saysThatTheDiskIsFull() throws Exception {
        assumeThat(mountsPossible()).as("mounts in a namespace of their own").isTrue();

        List<String> lines = run(
                "mount -t tmpfs -o size=3m none " + directory + " && exec \"$@\"",
                "until-failure",
                directory.toString(),
                "20",
                "500000");

        assertThat(lines).contains("stored fill/0", "stored fill/1");
        assertThat(lines)
                .element(lines.size() - 2)
                .asString()
                .matches(
                        "UnavailableException: cannot write object 'fill/[0-9]+' \\(files in .*\\): No space left on device");
        assertThat(lines).last().isEqualTo("now false true");
    }

    @Test
    void readsFromADirectoryThatCannotBeWrittenAndSaysSoWhenItIs() throws Exception {
        assumeThat(mountsPossible()).as("mounts in a namespace of their own").isTrue();
        try (FileObjectStore store = FileObjectStore.open(directory)) {
            store.putIfAbsent("fill/0", ObjectBody.of(TestBodies.noise(1_000, 0)));
        }

        List<String> lines = run(
                "mount --bind " + directory + " " + directory + " && mount -o remount,ro,bind " + directory
                        + " && exec \"$@\"",
                "until-failure",
                directory.toString(),
                "2",
                "1000");

        assertThat(lines).hasSize(3).startsWith("stored fill/0").endsWith("now false true");
        assertThat(lines.get(1))
                .startsWith("UnavailableException: cannot write object 'fill/1' (files in " + directory.toRealPath())
                .endsWith("Read-only file system");
    }

    private boolean mountsPossible() throws IOException, InterruptedException {
        List<String> command = List.of("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt");
        try {
            return StoreProcess.start(command, outputs.resolve("mount")).waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    private List<String> run(String script, String... args) throws Exception {
        boolean mounts = script.startsWith("mount");
        List<String> command = new ArrayList<>(mounts ? List.of("unshare", "-rm") : List.of());
        command.addAll(List.of("sh", "-c", script, "sh"));
        command.addAll(StoreProcess.command(args));
        Path output = outputs.resolve("run");
        int exitCode = StoreProcess.start(command, output).waitFor();
        assertThat(exitCode)
                .as("exit code; output %s", Files.readString(output))
                .isZero();
        return StoreProcess.lines(output);
    }
}
