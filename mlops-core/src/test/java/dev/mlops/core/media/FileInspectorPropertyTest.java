package dev.mlops.core.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FileInspectorPropertyTest {
    private static final Map<String, byte[]> SAMPLES = FileInspectorTest.samples();

    @Property(tries = 1000)
    void randomBytesAreNoTrouble(
            @ForAll("paths") String path,
            @ForAll @Size(max = 400) byte[] noise,
            @ForAll @IntRange(min = 1, max = 500) int piece) {
        Inspection found = FileInspectorTest.inspect(path, noise, piece);
        assertThat(found).isEqualTo(FileInspector.inspect(path, noise, 0, noise.length));
    }

    @Property(tries = 2000)
    void damagedFilesAreNoTrouble(
            @ForAll("paths") String path,
            @ForAll @IntRange(max = 400) int at,
            @ForAll @Size(min = 1, max = 9) byte[] damage,
            @ForAll @IntRange(min = 1, max = 9000) int piece) {
        byte[] bytes = SAMPLES.get(path).clone();
        for (int i = 0; i < damage.length; i++) {
            bytes[(at + i) % bytes.length] = damage[i];
        }
        Inspection found = FileInspectorTest.inspect(path, bytes, piece);
        assertThat(found).isEqualTo(FileInspector.inspect(path, bytes, 0, bytes.length));
        assertThat(found.facts().width())
                .satisfiesAnyOf(
                        width -> assertThat(width).isNull(),
                        width -> assertThat(width).isBetween(1, 1 << 24));
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of(SAMPLES.keySet());
    }

    @Property(tries = 500)
    void rowsAreCountedAsWritten(
            @ForAll @Size(min = 1, max = 30)
                    List<
                                    @Size(min = 2, max = 2) List<
                                            @net.jqwik.api.constraints.StringLength(max = 12)
                                            @net.jqwik.api.constraints.Chars({'a', '"', ',', '\n', '\r', ' ', '1'})
                                            String>>
                            rows,
            @ForAll boolean isWindows,
            @ForAll @IntRange(min = 1, max = 50) int piece) {
        StringBuilder csv = new StringBuilder("first,second\n");
        for (List<String> row : rows) {
            csv.append(quoted(row.get(0)))
                    .append(',')
                    .append(quoted(row.get(1)))
                    .append(isWindows ? "\r\n" : "\n");
        }
        Inspection found = FileInspectorTest.inspect("a.csv", csv.toString().getBytes(StandardCharsets.UTF_8), piece);
        assertThat(found.facts().rows()).isEqualTo(rows.size());
        assertThat(found.columnCount()).isEqualTo(2);
    }

    private static String quoted(String value) {
        return '"' + value.replace("\"", "\"\"") + '"';
    }
}
