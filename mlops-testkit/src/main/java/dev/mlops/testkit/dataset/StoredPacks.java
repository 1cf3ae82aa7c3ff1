package dev.mlops.testkit.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** The packs of a store on files, to be damaged. Bytes that do not compress stand in them as they are. */
public final class StoredPacks {
    private static final int HEADER = 32;

    private final Path objects;

    /** The packs anywhere below a directory. */
    public StoredPacks(Path objects) {
        this.objects = objects;
    }

    /** All packs. */
    public List<Path> all() throws IOException {
        try (Stream<Path> files = Files.walk(objects)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> objects.relativize(file).toString().contains("pack"))
                    .toList();
        }
    }

    /** The pack that holds some text. */
    public Path holding(String text) throws IOException {
        for (Path pack : all()) {
            if (find(pack, text) >= 0) {
                return pack;
            }
        }
        throw new AssertionError("no pack below " + objects + " holds '" + text + "'");
    }

    /** Flips a bit of some text. */
    public void flip(String text) throws IOException {
        Path pack = holding(text);
        byte[] bytes = Files.readAllBytes(pack);
        bytes[find(pack, text)] ^= 1;
        Files.write(pack, bytes);
    }

    /** Flips bits all over the packs that were not there before, but in their footers. */
    public void flipAllBut(Collection<Path> before) throws IOException {
        for (Path pack : all()) {
            if (!before.contains(pack)) {
                byte[] bytes = Files.readAllBytes(pack);
                for (int i = HEADER; i < bytes.length / 2; i += 8) {
                    bytes[i] ^= 1;
                }
                Files.write(pack, bytes);
            }
        }
    }

    private static int find(Path pack, String text) throws IOException {
        return new String(Files.readAllBytes(pack), StandardCharsets.ISO_8859_1).indexOf(text);
    }
}
