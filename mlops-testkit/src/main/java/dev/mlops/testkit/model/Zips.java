package dev.mlops.testkit.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes zips, friendly and hostile. */
final class Zips {
    private Zips() {}

    static Path write(Path file, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }

    /** Cuts bytes off the end. */
    static Path truncated(Path zip, Path file, int bytes) throws IOException {
        byte[] whole = Files.readAllBytes(zip);
        return Files.write(file, java.util.Arrays.copyOf(whole, whole.length - bytes));
    }
}
