package dev.mlops.core.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.core.file.PathOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntrySortTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 99, 100, 101, 5_000})
    void entriesComeBackByPathAsTheyWere(int count, @TempDir Path staging) {
        List<FileEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(i));
        }
        Collections.shuffle(entries, new Random(7));
        List<FileEntry> sorted = new ArrayList<>();

        try (EntrySort sort = new EntrySort(staging, 100)) {
            entries.forEach(sort::add);
            sort.sorted().forEachRemaining(sorted::add);
        }

        entries.sort(Comparator.comparing(FileEntry::path, PathOrder.BY_CODE_POINT));
        assertThat(sorted).isEqualTo(entries);
        assertThat(staging).isEmptyDirectory();
    }

    private static FileEntry entry(int i) {
        String path = (i % 3 == 0 ? "\ud83d\ude00/" : i % 3 == 1 ? "\uffe0/" : "a/") + i + "x".repeat(i % 40);
        MediaFacts facts = i % 2 == 0 ? MediaFacts.NONE : new MediaFacts(i, i % 5 == 0 ? null : i + 1, 1L << 40, null);
        return new FileEntry(
                path,
                i % 3 == 0 ? FileKind.FILE : i % 3 == 1 ? FileKind.LINK : FileKind.FOLDER,
                (long) i << (i % 50),
                Sha256.of(new byte[] {(byte) i, (byte) (i >> 8)}),
                i % 4 == 0 ? "text/plain" : "image/png",
                i % 5 == 0 ? "train" : null,
                i % 7 == 0 ? null : Instant.ofEpochMilli((i - 2_000) * 1_000_003L),
                facts);
    }
}
