package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores whose objects are no local files, and that share a cache directory. */
class LocalIndexesTest {
    @TempDir
    Path directory;

    private List<Path> files(String end) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("cache"))) {
            return all.filter(file -> file.toString().endsWith(end)).toList();
        }
    }

    private PackContentStore open(PackStoreFixture fixture) {
        return fixture.open(new RemoteObjects(fixture.objects), directory.resolve("cache"), Runnable::run, 1);
    }

    private static void fill(PackContentStore store, int seed) {
        for (int i = 0; i < 10; i++) {
            TestSources.put(store, TestSources.bytes(TestBodies.noise(100, 10 * seed + i)));
        }
    }

    @Test
    void leaveThoseOfOtherStoresAlone() throws IOException {
        try (PackStoreFixture one = new PackStoreFixture(Files.createDirectory(directory.resolve("one")));
                PackStoreFixture two = new PackStoreFixture(Files.createDirectory(directory.resolve("two")))) {
            fill(open(one), 1);
            List<Path> ofOne = files(".index");
            assertThat(ofOne).isNotEmpty();

            fill(open(two), 2);

            assertThat(files(".index")).containsAll(ofOne).hasSizeGreaterThan(ofOne.size());
        }
    }

    @Test
    void areFoundAgainByTheNextProcess() throws IOException {
        try (PackStoreFixture one = new PackStoreFixture(directory)) {
            fill(open(one), 1);
            List<Path> before = files(".index");
            fill(open(one), 1);

            assertThat(files(".index")).isEqualTo(before);
        }
    }

    @Test
    void clearAwayWhatKilledProcessesLeft() throws IOException {
        try (PackStoreFixture one = new PackStoreFixture(directory)) {
            fill(open(one), 1);
            Path folder = files(".index").get(0).resolveSibling("");
            Path current = Files.writeString(folder.resolve("1.part"), "x");
            Path old = Files.writeString(folder.resolve("2.part"), "x");
            Files.setLastModifiedTime(
                    old, FileTime.from(Clock.systemUTC().instant().minus(Duration.ofHours(25))));

            fill(open(one), 1);

            assertThat(files(".part")).containsExactly(current);
        }
    }
}
