package dev.mlops.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.io.File;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there the platform's matcher ignores case")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train/**       | train/a train/a/b     | test/a train",
                "*.png          | a.png .png            | a/b.png a.PNG a.png.txt",
                "**.png         | a.png a/b.png         | a.txt",
                "a?c            | abc a.c               | a/c ac",
                "[a-c]x         | ax cx                 | dx /x",
                "[!a-c]x        | dx                    | ax /x",
                "[-a]x          | -x ax                 | bx",
                "{a,b/c}.txt    | a.txt b/c.txt         | c.txt",
                "a\\*b          | a*b                   | axb",
                "(a.b)+$        | (a.b)+$               | axb",
                "[[]x           | [x                    | ax",
            })
    void matchesAsTheJdkSays(String glob, String matching, String others) {
        Glob ours = Glob.of("glob", glob);
        var theirs = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        for (String path : List.of(matching.split(" "))) {
            assertThat(ours.matches(path)).as(path).isTrue();
            assertThat(theirs.matches(Path.of(path))).as(path).isTrue();
        }
        for (String path : List.of(others.split(" "))) {
            assertThat(ours.matches(path)).as(path).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a/b/*.png | a/b/",
                "a/b.png   | a/b.png",
                "a\\*b?c    | a*b",
                "a,b}c[d]  | a,b}c",
                "x{a,b}    | x",
                "**        | ''",
            })
    void knowsWhatEveryMatchBeginsWith(String glob, String prefix) {
        assertThat(Glob.of("glob", glob).prefix()).isEqualTo(prefix);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[a", "[", "[]", "[!]", "{a", "{a{b}}", "a\\", "[z-a]", "[a/b]"})
    void whatIsNoGlobIsRefused(String glob) {
        assertThatThrownBy(() -> Glob.of("glob", glob))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is not a glob");
    }

    @Property(tries = 3000)
    void agreesWithTheJdkOnWhateverBothTake(
            @ForAll
                    @Chars({'a', 'b', '/', '*', '?', '[', ']', '{', '}', ',', '!', '-', '.', '\\', '&'})
                    @StringLength(max = 8)
                    String glob,
            @ForAll @Chars({'a', 'b', '/', '-', '.', '&', ','}) @StringLength(min = 1, max = 5) String path) {
        Path theirPath = Path.of(path);
        if (File.separatorChar != '/' || !theirPath.toString().equals(path)) {
            return;
        }
        try {
            boolean theirs =
                    FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(theirPath);
            Glob ours = Glob.of("glob", glob);
            assertThat(ours.matches(path)).isEqualTo(theirs);
            assertThat(!theirs || path.startsWith(ours.prefix())).isTrue();
        } catch (PatternSyntaxException | InvalidInputException eitherRefuses) {
            assertThat(glob).as("only special characters are refused").containsAnyOf("[", "{", "\\");
        }
    }
}
