package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class RangePropertyTest {
    private static final int BLOCK = 1024 * 1024;
    private static final List<byte[]> SAMPLES = Stream.of(1, 5_000, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 12_345)
            .map(size -> TestBodies.noise(size, size))
            .toList();

    private static Path directory;
    private static PackStoreFixture fixture;
    private static PackContentStore contents;

    @BeforeContainer
    static void putSamples() throws IOException {
        directory = Files.createTempDirectory("ranges");
        fixture = new PackStoreFixture(directory);
        contents = fixture.open();
        SAMPLES.forEach(sample -> TestSources.put(contents, TestSources.bytes(sample)));
    }

    @AfterContainer
    static void delete() throws IOException {
        fixture.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(tries = 300)
    void givesTheSameBytesAsTheWhole(
            @ForAll @IntRange(max = 5) int sample,
            @ForAll @IntRange(max = 3 * BLOCK + 12_345) int offset,
            @ForAll @IntRange(max = 4 * BLOCK) int length,
            @ForAll @IntRange(min = 1, max = 100_000) int chunk)
            throws IOException {
        byte[] bytes = SAMPLES.get(sample);
        int start = Math.min(offset, bytes.length);
        int end = Math.min(start + length, bytes.length);

        try (InputStream in = contents.open(Sha256.of(bytes), start, length)) {
            for (int at = start; at < end; at += chunk) {
                byte[] expected = Arrays.copyOfRange(bytes, at, Math.min(at + chunk, end));
                assertThat(Arrays.equals(in.readNBytes(chunk), expected)).isTrue();
            }
            assertThat(in.read()).isEqualTo(-1);
        }
    }
}
