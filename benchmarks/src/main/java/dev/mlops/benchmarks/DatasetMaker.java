package dev.mlops.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Makes the data that {@code benchmarks/peers/compare.sh} publishes; the same bytes on every machine.
 *
 * <pre>
 * a DIR SCALE            100,000 files of 30 KB in 1,000 folders: photographs and, as many, tables and prose
 * b DIR SCALE            five files of 1 GB that do not compress
 * c DIR SCALE            a CSV file of 2 GB
 * c-inserted DIR SCALE   the same with a row inserted in the middle
 * m DIR SCALE            a million files of 1 KB in 1,000 folders
 * change DIR ROUND PART  writes one in PART of the files of an "a" or "m" anew; each round takes others
 * </pre>
 *
 * SCALE is a number up to 1; 0.01 makes a hundredth of it.
 */
public final class DatasetMaker {
    private static final Set<String> SORTS = Set.of("a", "b", "c", "c-inserted", "m");
    private static final int FOLDERS = 1_000;
    private static final long ROW_BLOCK = 10_000;
    private static final int ROW_BYTES = 90;
    private static final int PIECE = 1_000_000;

    private final Path directory;
    private final double scale;

    private DatasetMaker(Path directory, double scale) {
        this.directory = directory;
        this.scale = scale;
    }

    /** Makes the data that the arguments name; exit code 2 if they name none. */
    public static void main(String[] args) throws IOException {
        if (args.length == 3 && SORTS.contains(args[0])) {
            new DatasetMaker(Path.of(args[1]), Double.parseDouble(args[2])).make(args[0]);
        } else if (args.length == 4 && args[0].equals("change")) {
            change(Path.of(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        } else {
            System.err.println(
                    "usage: DatasetMaker a|b|c|c-inserted|m DIR SCALE, or DatasetMaker change DIR ROUND PART");
            System.exit(2);
        }
    }

    private void make(String sort) throws IOException {
        Files.createDirectories(directory);
        switch (sort) {
            case "a" -> folders(100, 30_000);
            case "b" -> IntStream.range(0, 5).parallel().forEach(this::large);
            case "c" -> table(-1);
            case "c-inserted" -> table(rowBlocks() / 2);
            default -> folders(1_000, 1_000);
        }
    }

    private int scaled(int count) {
        return Math.max(1, (int) Math.round(count * scale));
    }

    private void folders(int files, int bytes) {
        IntStream.range(0, scaled(FOLDERS)).parallel().forEach(folder -> folder(folder, files, bytes));
    }

    private void folder(int folder, int files, int bytes) {
        Path path = directory.resolve("%04d".formatted(folder));
        try {
            Files.createDirectories(path);
            for (int i = 0; i < files; i++) {
                String name = "%06d%s".formatted(folder * files + i, suffix(i));
                write(path.resolve(name), folder * (long) files + i, bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String suffix(int index) {
        return switch (index % 4) {
            case 0 -> ".csv";
            case 1 -> ".txt";
            default -> ".jpg";
        };
    }

    private static void write(Path file, long seed, int bytes) throws IOException {
        Samples samples = new Samples(seed);
        int length = samples.around(bytes);
        String name = file.getFileName().toString();
        Files.write(
                file,
                name.endsWith(".csv")
                        ? samples.table(length)
                        : name.endsWith(".txt") ? samples.prose(length) : samples.photograph(length));
    }

    private static void change(Path directory, int round, int part) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                long number = Long.parseLong(file.getFileName().toString().replaceAll("\\D", ""));
                if ((number * 31 + round) % part == 0) {
                    write(file, (round + 1L) << 40 | number, Math.toIntExact(Files.size(file)));
                }
            }
        }
    }

    private void large(int number) {
        try (OutputStream out = Files.newOutputStream(directory.resolve("part-%d.bin".formatted(number)))) {
            Samples samples = new Samples(-1 - number);
            for (int i = 0; i < scaled(1_000); i++) {
                out.write(samples.noise(PIECE));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long rowBlocks() {
        return Math.max(2, Math.round(2e9 * scale / ROW_BLOCK / ROW_BYTES));
    }

    private void table(long insertedIn) throws IOException {
        try (OutputStream out = Files.newOutputStream(directory.resolve("table.csv"))) {
            for (long block = 0; block < rowBlocks(); block++) {
                StringBuilder text = new StringBuilder();
                if (block == insertedIn) {
                    new Samples(-7).row(text, 0);
                }
                Samples samples = new Samples(block);
                for (long row = 0; row < ROW_BLOCK; row++) {
                    samples.row(text, block * ROW_BLOCK + row);
                }
                out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
            }
        }
    }
}
