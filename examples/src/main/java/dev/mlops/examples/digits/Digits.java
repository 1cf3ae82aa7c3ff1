package dev.mlops.examples.digits;

import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The 1,797 digits that come with the examples: the test half of "Optical Recognition of Handwritten Digits" by E.
 * Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository, CC BY 4.0.
 */
public final class Digits {
    private static final String RESOURCE = "digits.csv.gz";

    private Digits() {}

    /** All of them, in the order of the file. */
    public static List<Digit> all() {
        InputStream resource = Digits.class.getResourceAsStream(RESOURCE);
        if (resource == null) {
            throw new IllegalStateException(RESOURCE + " is not on the class path");
        }
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(resource), StandardCharsets.US_ASCII))) {
            return lines.lines().map(Digits::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Digit parse(String line) {
        int[] values =
                Arrays.stream(line.split(",", -1)).mapToInt(Integer::parseInt).toArray();
        return new Digit(values[values.length - 1], Arrays.copyOf(values, values.length - 1));
    }

    /** Writes each digit as a PNG below a directory, under its label: {@code 7/0123.png}. */
    public static void writePngs(List<Digit> digits, Path directory) {
        try {
            for (int i = 0; i < digits.size(); i++) {
                Digit digit = digits.get(i);
                Path file = directory.resolve("%d/%04d.png".formatted(digit.label(), i));
                Files.createDirectories(file.getParent());
                Files.write(file, digit.png());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads one split of a data set version back from the store; the label is the directory that a file is in. */
    public static List<Digit> read(DatasetStore datasets, DatasetVersion version, String split) {
        return datasets.files(version, FileQuery.split(split)).stream()
                .map(file -> read(datasets, version, file))
                .toList();
    }

    private static Digit read(DatasetStore datasets, DatasetVersion version, FileEntry file) {
        int label = Integer.parseInt(file.path().substring(0, file.path().indexOf('/')));
        try (InputStream bytes = datasets.open(version, file.path())) {
            return Digit.readPng(label, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
