package dev.mlops.core.cache;

import dev.mlops.api.content.Sha256;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** A process of its own that adds to a cache, opens, links and verifies until it is killed or has done enough. */
final class CacheProcess {
    static final int CONTENTS = 60;

    private static final PrintStream OUT = System.out;

    private final FileCache cache;
    private final Path links;
    private final Random random;

    private CacheProcess(FileCache cache, Path links, long seed) {
        this.cache = cache;
        this.links = links;
        this.random = new Random(seed);
    }

    /** {@code <directory> <max bytes> <folder for links> <seed> <rounds>}. */
    public static void main(String[] args) throws IOException {
        FileCache cache = FileCache.open(Path.of(args[0]), Long.parseLong(args[1]));
        CacheProcess process = new CacheProcess(cache, Path.of(args[2]), Long.parseLong(args[3]));
        int rounds = Integer.parseInt(args[4]);
        OUT.println("begins");
        for (int round = 0; round < rounds; round++) {
            process.use(process.random.nextInt(CONTENTS), round);
        }
        cache.close();
        OUT.println("ends well");
    }

    private void use(int number, int round) throws IOException {
        byte[] bytes = bytesOf(number);
        Sha256 digest = Sha256.of(bytes);
        switch (random.nextInt(4)) {
            case 0 -> cache.add(digest, bytes.length, out -> out.write(bytes));
            case 1 -> link(digest, bytes, links.resolve("link-" + round));
            case 2 -> cache.verify(digest);
            default -> open(digest, bytes);
        }
    }

    private void open(Sha256 digest, byte[] bytes) throws IOException {
        Optional<FileChannel> channel = cache.open(digest);
        if (channel.isPresent()) {
            try (FileChannel open = channel.get()) {
                require(Arrays.equals(Channels.newInputStream(open).readAllBytes(), bytes), "opened " + digest);
            }
        }
    }

    private void link(Sha256 digest, byte[] bytes, Path target) throws IOException {
        if (cache.linkTo(digest, target)) {
            require(Arrays.equals(Files.readAllBytes(target), bytes), "linked " + digest);
            Files.delete(target);
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException("wrong bytes: " + what);
        }
    }

    /** Some bytes to some 20 kB, different for each number. */
    static byte[] bytesOf(int number) {
        return TestBodies.noise(1 + number * 331, number);
    }

    static List<String> command(String... args) {
        List<String> jvm = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                CacheProcess.class.getName());
        return Stream.concat(jvm.stream(), Arrays.stream(args)).toList();
    }
}
