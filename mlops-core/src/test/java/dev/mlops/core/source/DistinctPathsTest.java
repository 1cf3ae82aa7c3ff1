package dev.mlops.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.manifest.FoldedPath;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistinctPathsTest {
    @Property(tries = 500)
    void whatDiffersInCaseOrFormOnlyFoldsToOne(@ForAll @StringLength(max = 10) String path) {
        String folded = FoldedPath.of(path);
        assertThat(FoldedPath.of(Normalizer.normalize(path, Normalizer.Form.NFC)))
                .isEqualTo(FoldedPath.of(Normalizer.normalize(path, Normalizer.Form.NFD)));
        assertThat(FoldedPath.of(folded)).isEqualTo(folded);
    }

    @Property(tries = 500)
    void refusesExactlyWhatASimpleModelRefuses(
            @ForAll @Size(max = 12)
                    List<@StringLength(min = 1, max = 3) @CharRange(from = 'a', to = 'c') String> parts) {
        Set<String> files = new HashSet<>();
        Set<String> folders = new HashSet<>();
        try (DistinctPaths paths = new DistinctPaths("path")) {
            for (int i = 0; i + 1 < parts.size(); i += 2) {
                String path = i % 4 == 0
                        ? parts.get(i)
                        : parts.get(i) + "/" + parts.get(i + 1).toUpperCase(Locale.ROOT);
                String folded = path.toLowerCase(Locale.ROOT);
                String folder = i % 4 == 0 ? null : parts.get(i);
                if (files.contains(folded) || folders.contains(folded) || files.contains(folder)) {
                    assertThatThrownBy(() -> paths.add(path)).isInstanceOf(InvalidInputException.class);
                    return;
                }
                paths.add(path);
                files.add(folded);
                if (folder != null) {
                    folders.add(folder);
                }
            }
        }
    }

    @Test
    void amongVeryManyPathsTheOneThatCollidesIsNamed(@TempDir Path staging) {
        try (DistinctPaths paths = new DistinctPaths("path", staging)) {
            for (int i = 0; i < 300_000; i++) {
                paths.add("folder-%03d/File-%d.txt".formatted(i % 1000, i));
            }
            assertThatThrownBy(() -> paths.add("folder-001/file-1.TXT"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("folder-001/File-1.txt");
            assertThatThrownBy(() -> paths.add("FOLDER-001/file-299001.txt/x"))
                    .hasMessageContaining("'folder-001/File-299001.txt' is a file");
            assertThatThrownBy(() -> paths.add("Folder-999")).hasMessageContaining("also a folder of 'folder-999/");
        }
        assertThat(staging).as("nothing is left behind").isEmptyDirectory();
    }
}
