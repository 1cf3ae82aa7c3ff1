package dev.mlops.core.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills writers for real. */
class FileObjectStoreCrashTest {
    private static final int KILLS = 6;

    @TempDir
    Path directory;

    @TempDir
    Path outputs;

    @Test
    void losesNothingAcknowledgedAndShowsNothingPartialWhenWritersAreKilled() throws Exception {
        Random random = new Random(7);
        List<String> acknowledged = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            acknowledged.addAll(writeAndKill("run" + kill, random.nextInt(400)));
        }

        try (FileObjectStore store = FileObjectStore.open(directory)) {
            List<String> listed = new ArrayList<>();
            for (var objects = store.list(""); objects.hasNext(); ) {
                ObjectInfo info = objects.next();
                listed.add(info.key());
                assertThat(read(store, info.key())).as(info.key()).isEqualTo(StoreProcess.bytesOf(info.key()));
            }
            assertThat(acknowledged).isNotEmpty();
            assertThat(listed).containsAll(acknowledged);
            assertThat(staged()).isEmpty();
            store.putIfAbsent("after", TestBodies.text("works"));
        }
    }

    private List<String> writeAndKill(String name, int extraMillis) throws Exception {
        Path output = outputs.resolve(name);
        Process process = StoreProcess.start(StoreProcess.command("forever", directory.toString(), name), output);
        try {
            assertThat(StoreProcess.firstLine(process, output)).startsWith("kill/");
            Thread.sleep(extraMillis);
        } finally {
            process.destroyForcibly().waitFor();
        }
        return StoreProcess.lines(output);
    }

    @Test
    void leavesTheStagedFilesOfALiveWriterAlone() throws Exception {
        Path output = outputs.resolve("live");
        Process live = StoreProcess.start(StoreProcess.command("forever", directory.toString(), "live"), output);
        try {
            assertThat(StoreProcess.firstLine(live, output)).startsWith("kill/live");

            for (int i = 0; i < 20; i++) {
                FileObjectStore.open(directory).close();
            }

            assertThat(staged()).as("its folder and its lock").hasSize(2);
            assertThat(live.isAlive()).isTrue();
        } finally {
            live.destroyForcibly().waitFor();
        }
        FileObjectStore.open(directory).close();
        assertThat(staged()).isEmpty();
    }

    @Test
    void leavesTheStagedFilesOfAnotherStoreInThisProcessAlone() throws Exception {
        try (FileObjectStore first = FileObjectStore.open(directory)) {
            ObjectBody opensAnotherStore = new ObjectBody() {
                @Override
                public long length() {
                    return 5;
                }

                @Override
                public InputStream open() {
                    FileObjectStore.open(directory).close();
                    return new ByteArrayInputStream(new byte[5]);
                }
            };
            first.putIfAbsent("a", opensAnotherStore);
            first.putIfAbsent("b", opensAnotherStore);

            assertThat(read(first, "a")).hasSize(5);
            assertThat(read(first, "b")).hasSize(5);
        }
        assertThat(staged()).isEmpty();
    }

    private List<Path> staged() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("staging"))) {
            return files.toList();
        }
    }

    private static byte[] read(FileObjectStore store, String key) throws IOException {
        try (InputStream in = store.get(key)) {
            return in.readAllBytes();
        }
    }
}
