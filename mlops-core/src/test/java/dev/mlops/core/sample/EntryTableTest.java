package dev.mlops.core.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntryTableTest {
    private static FileEntry entry(Random random, int index) {
        String path = "%s/%s-%d.png"
                .formatted("földer".repeat(1 + random.nextInt(3)), "x".repeat(random.nextInt(900)), index);
        return new FileEntry(
                path,
                FileKind.FILE,
                random.nextLong() >>> (1 + random.nextInt(63)),
                Sha256.of(path.getBytes(StandardCharsets.UTF_8)),
                random.nextBoolean() ? "image/png" : "text/" + random.nextInt(300),
                random.nextBoolean() ? null : "split-" + random.nextInt(3),
                random.nextBoolean() ? null : Instant.ofEpochMilli(random.nextLong() >> 16),
                random.nextBoolean()
                        ? MediaFacts.NONE
                        : new MediaFacts(random.nextInt(), null, random.nextLong(), orNull(random)));
    }

    private static @Nullable Long orNull(Random random) {
        return random.nextBoolean() ? null : random.nextLong();
    }

    @Property(tries = 100)
    void everyFileComesBackAsItWas(@ForAll long seed, @ForAll @IntRange(max = 1500) int files) {
        Random random = new Random(seed);
        List<FileEntry> entries = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            entries.add(entry(random, i));
        }
        EntryTable table = EntryTable.of(entries.iterator());
        assertThat(table.size()).isEqualTo(files);
        for (int i = 0; i < files; i++) {
            assertThat(table.get(i)).isEqualTo(entries.get(i));
        }
    }

    @Test
    void foldersAndLinksAreLeftOut() {
        Sha256 digest = Sha256.of(new byte[1]);
        FileEntry file = new FileEntry("b", 1, digest, "x/y", null);
        EntryTable table = EntryTable.of(List.of(
                        new FileEntry("a", FileKind.FOLDER, 0, digest, "x/y", null, null, MediaFacts.NONE),
                        file,
                        new FileEntry("c", FileKind.LINK, 1, digest, "x/y", null, null, MediaFacts.NONE))
                .iterator());
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.get(0)).isEqualTo(file);
    }
}
