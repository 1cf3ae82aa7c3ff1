package dev.mlops.testkit.kill;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.testkit.object.TestBodies;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a version, which follow from two seeds, one for each of two folders, that its message tells. Versions
 * share many of their bytes.
 *
 * @param a the seed of the folder {@code a}, which has a file of several chunks
 * @param b the seed of the folder {@code b}
 */
record SeededFiles(int a, int b) {
    /** Seeds are less than this. */
    static final int SEEDS = 100;

    private static final Pattern MESSAGE = Pattern.compile("a=(\\d+) b=(\\d+)");
    private static final int CONTENTS = 50;
    private static final int LARGE = 1_400_000;
    private static final Map<Integer, Sha256> DIGESTS = new ConcurrentHashMap<>();

    static SeededFiles of(String message) {
        Matcher matcher = MESSAGE.matcher(message);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no seeds: " + message);
        }
        return new SeededFiles(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /**
     * Finds out which files these are.
     *
     * @throws IllegalArgumentException if one of the folders has not the files of any seed
     */
    static SeededFiles found(List<FileEntry> files) {
        Map<String, Sha256> digests = new TreeMap<>();
        files.forEach(file -> digests.put(file.path(), file.sha256()));
        int a = find(seed -> new SeededFiles(seed, 0), "a/", digests);
        SeededFiles found = new SeededFiles(a, find(seed -> new SeededFiles(a, seed), "b/", digests));
        if (!found.digests().equals(digests)) {
            throw new IllegalArgumentException("files of no seeds: " + digests.keySet());
        }
        return found;
    }

    private static int find(IntFunction<SeededFiles> candidates, String folder, Map<String, Sha256> digests) {
        for (int seed = 0; seed < SEEDS; seed++) {
            boolean matches = candidates.apply(seed).digests().entrySet().stream()
                    .filter(file -> file.getKey().startsWith(folder))
                    .allMatch(file -> file.getValue().equals(digests.get(file.getKey())));
            if (matches) {
                return seed;
            }
        }
        throw new IllegalArgumentException("files of no seed in " + folder + ": " + digests);
    }

    String message() {
        return "a=%d b=%d".formatted(a, b);
    }

    Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        contents().forEach((path, number) -> files.put(path, bytes(number)));
        return files;
    }

    Map<String, Sha256> digests() {
        Map<String, Sha256> digests = new TreeMap<>();
        contents()
                .forEach((path, number) ->
                        digests.put(path, DIGESTS.computeIfAbsent(number, one -> Sha256.of(bytes(one)))));
        return digests;
    }

    /** The number of the content of each file; the largest are those of large ones. */
    private Map<String, Integer> contents() {
        Map<String, Integer> contents = new TreeMap<>();
        Random ofA = new Random(a);
        for (int i = 0; i < 8; i++) {
            contents.put("a/%d.bin".formatted(i), ofA.nextInt(CONTENTS));
        }
        contents.put("a/large.bin", CONTENTS + ofA.nextInt(6));
        Random ofB = new Random(b);
        for (int i = 0; i < 3; i++) {
            contents.put("b/%d.bin".formatted(i), ofB.nextInt(CONTENTS));
        }
        return contents;
    }

    private static byte[] bytes(int number) {
        return number < CONTENTS ? TestBodies.noise(number * 83, number) : large(number - CONTENTS);
    }

    /** Different in a few bytes only, so that most chunks are shared. */
    private static byte[] large(int number) {
        byte[] bytes = TestBodies.noise(LARGE, 1_000);
        bytes[100_000 + number * 200_000] ^= (byte) (1 + number);
        return bytes;
    }

    Iterator<FileSource> sources() {
        return files().entrySet().stream()
                .map(file -> FileSource.of(file.getKey(), file.getValue()))
                .iterator();
    }
}
