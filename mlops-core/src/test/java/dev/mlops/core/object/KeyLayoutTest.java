package dev.mlops.core.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.spi.object.ObjectKeys;
import java.nio.file.Path;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class KeyLayoutTest {
    private static final Path ROOT = Path.of("root");

    @Example
    void writesReadableNames() {
        assertThat(name("content/ab/abcdef")).isEqualTo("d-content/d-ab/o-abcdef");
        assertThat(name("Models/v1./x.")).isEqualTo("d-+models/d-v1+0/o-x+0");
        assertThat(name("K".repeat(205)))
                .isEqualTo("c-" + "+k".repeat(100) + "/c-" + "+k".repeat(100) + "/o-+k+k+k+k+k");
    }

    @Property
    void readsBackTheKeyFromThePath(@ForAll("keys") String key) {
        StringBuilder read = new StringBuilder();
        for (Path name : ROOT.relativize(KeyLayout.pathOf(ROOT, key))) {
            read.append(KeyLayout.parse(name.toString()).orElseThrow().keyText());
        }

        assertThat(read).hasToString(key);
    }

    @Property
    void makesNamesThatEveryFileSystemTakes(@ForAll("keys") String key) {
        for (Path name : ROOT.relativize(KeyLayout.pathOf(ROOT, key))) {
            assertThat(name.toString())
                    .matches("[a-z0-9._+-]{2,255}")
                    .doesNotEndWith(".")
                    .isEqualTo(name.toString().toLowerCase(Locale.ROOT));
        }
    }

    @Property
    void ignoresNamesOfOthers(@ForAll String fileName) {
        KeyLayout.parse(fileName)
                .ifPresent(entry -> assertThat(entry.fileName()).isEqualTo(fileName));
    }

    @Example
    void ignoresNamesThatOnlyLookLikeOurs() {
        for (String name :
                new String[] {"", "o", "o-A", "o-a.", "o-+", "o-+1", "o-+A", "x-a", ".DS_Store", "lost+found"}) {
            assertThat(KeyLayout.parse(name)).as(name).isEmpty();
        }
    }

    @Provide
    Arbitrary<String> keys() {
        Arbitrary<String> shortPart = part(1, 6);
        Arbitrary<String> longPart = part(95, 320);
        return Arbitraries.frequencyOf(Tuple.of(8, shortPart), Tuple.of(1, longPart))
                .list()
                .ofMinSize(1)
                .ofMaxSize(6)
                .map(parts -> String.join("/", parts))
                .filter(ObjectKeys::isValid);
    }

    private static Arbitrary<String> part(int min, int max) {
        return Arbitraries.strings().withChars("aAbZz09.-_").ofMinLength(min).ofMaxLength(max);
    }

    private static String name(String key) {
        return ROOT.relativize(KeyLayout.pathOf(ROOT, key)).toString();
    }
}
