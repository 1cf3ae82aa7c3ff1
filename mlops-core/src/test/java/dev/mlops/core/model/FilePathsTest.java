package dev.mlops.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilePathsTest {
    private final FilePaths paths = new FilePaths("file", 4);

    @Test
    void pathsThatLieBesideEachOtherAreTaken() {
        for (String path : List.of("a", "b/c", "b/d", "b/e/f")) {
            assertThat(paths.add(path)).isEqualTo(path);
        }
    }

    @Test
    void oneMoreThanTheLimitIsRefused() {
        List.of("a", "b", "c", "d").forEach(paths::add);

        assertRefused("e", "at most 4 files");
    }

    @Test
    void pathsThatSomeFileSystemCannotKeepApartAreRefused() {
        paths.add("docs/Read\u00e9.txt");

        assertRefused("docs/Read\u00e9.txt", "twice");
        assertRefused("DOCS/read\u00c9.TXT", "only in case");
        assertRefused("docs/Reade\u0301.txt", "Unicode form");
    }

    @Test
    void aFileIsNoFolder() {
        paths.add("a/b/c");

        assertRefused("a/b", "also a folder");
        assertRefused("A/B/C/d", "needs a folder where 'a/b/c' is a file");
    }

    private void assertRefused(String path, String message) {
        assertThatThrownBy(() -> paths.add(path))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }
}
