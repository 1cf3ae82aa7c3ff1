package dev.mlops.api.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelativePathTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b.png", "..a/b..", "ä/日本.txt", "a b/c", ".hidden", "a/...", "C"})
    void takesRelativePaths(String path) {
        assertThat(RelativePath.check("path", path)).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/etc/passwd",
                "..",
                "../a",
                "a/../b",
                "a/..",
                ".",
                "./a",
                "a/./b",
                "a//b",
                "a/",
                "a\\b",
                "..\\a",
                "C:/a",
                "c:a",
                "a\0b",
                "a\nb",
                "a\u0085b",
                "a\ud800b"
            })
    void refusesWhatLeavesOrConfuses(String path) {
        assertThatThrownBy(() -> RelativePath.check("zip entry", path))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("zip entry");
    }

    @Property
    void whatIsTakenNeverLeavesItsRoot(@ForAll String path) {
        try {
            RelativePath.check("path", path);
        } catch (InvalidInputException e) {
            return;
        }
        Path root = Path.of("/base/of/all");
        assertThat(root.resolve(path).normalize()).startsWithRaw(root).isNotEqualTo(root);
    }
}
