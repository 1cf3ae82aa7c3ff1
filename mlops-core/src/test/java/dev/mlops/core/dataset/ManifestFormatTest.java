package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestFormatTest {
    private static final String DIGEST = Sha256.of(new byte[0]).hex();
    private static final String HEADER = "{\"format\":\"mlops-manifest\",\"version\":1,\"files\":%d,\"bytes\":%d}\n";

    private static String line(String path, String size) {
        return "{\"path\":\"%s\",\"size\":%s,\"sha256\":\"%s\",\"type\":\"text/plain\"}\n"
                .formatted(path, size, DIGEST);
    }

    private static List<FileEntry> read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<FileEntry> read(byte[] bytes) {
        try (ManifestReader reader = new ManifestReader(new ByteArrayInputStream(bytes))) {
            List<FileEntry> entries = new ArrayList<>();
            reader.forEachRemaining(entries::add);
            return entries;
        }
    }

    private static FileEntry entry(String path, String split) {
        return new FileEntry(path, 7, new Sha256(DIGEST), "image/png", split);
    }

    @Test
    void theFormatIsTheDocumentedOne() throws IOException {
        byte[] bytes = new ManifestSource(List.of(entry("a/0.png", "train"), entry("ü \"\n", null)))
                .open()
                .readAllBytes();
        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo("{\"format\":\"mlops-manifest\",\"version\":1,\"files\":2,\"bytes\":14}\n"
                        + "{\"path\":\"a/0.png\",\"size\":7,\"sha256\":\"" + DIGEST
                        + "\",\"type\":\"image/png\",\"split\":\"train\"}\n"
                        + "{\"path\":\"ü \\\"\\n\",\"size\":7,\"sha256\":\"" + DIGEST + "\",\"type\":\"image/png\"}\n");
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        List<FileEntry> entries = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            entries.add(entry("%05d-%s".formatted(i, "ä".repeat(i % 200)), i % 3 == 0 ? "train" : null));
        }
        assertThat(read(new ManifestSource(entries).open().readAllBytes())).isEqualTo(entries);
    }

    @Test
    void membersThatItDoesNotKnowAreSkipped() {
        String header = HEADER.formatted(1, 0).replace("\"files\"", "\"new\":{\"a\":[1,{}]},\"files\"");
        String line = line("a", "0").replace("\"size\"", "\"mode\":[{\"x\":1}],\"size\"");
        assertThat(read(header + line)).hasSize(1);
    }

    @Test
    void anotherVersionIsRefusedWithAdvice() {
        String newer = HEADER.formatted(0, 0).replace("\"version\":1", "\"version\":2");
        assertThatThrownBy(() -> read(newer))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("newer release");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "{}\n",
                "[]\n",
                "not json\n",
                "{\"format\":\"other\",\"version\":1,\"files\":0,\"bytes\":0}\n",
                "{\"format\":\"mlops-manifest\",\"files\":0,\"bytes\":0}\n",
                "{\"format\":\"mlops-manifest\",\"version\":1,\"files\":-1,\"bytes\":0}\n",
                "{\"format\":\"mlops-manifest\",\"version\":1,\"files\":1e9,\"bytes\":0}\n",
                "{\"format\":\"mlops-manifest\",\"version\":1,\"files\":99999999999999999999,\"bytes\":0}\n",
                "{\"format\":\"mlops-manifest\",\"version\":1,\"files\":0,\"bytes\":0}",
                "{\"format\":\"mlops-manifest\",\"version\":1,\"files\":0,\"bytes\":0} x\n",
                "{\"format\":\"mlops-manifest\",\"version\":1,\"files\":0,\"files\":0,\"bytes\":0}\n",
            })
    void aBadHeaderIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IntegrityException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../a",
                "/etc/passwd",
                "a/../b",
                "a//b",
                "",
                ".",
                "C:/a",
                "a\\\\b",
                "a\\u0000b",
                "a\\nb",
                "a/",
            })
    void aHostilePathIsRefused(String path) {
        assertThatThrownBy(() -> read(HEADER.formatted(1, 0) + line(path, "0"))).isInstanceOf(IntegrityException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "\"1\"", "null", "9223372036854775808", "{}"})
    void aSizeThatIsNoneIsRefused(String size) {
        assertThatThrownBy(() -> read(HEADER.formatted(1, Long.MAX_VALUE) + line("a", size)))
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void aBadDigestTypeOrSplitIsRefused() {
        String good = line("a", "0");
        for (String bad : List.of(
                good.replace(DIGEST, "abc"),
                good.replace(DIGEST, DIGEST.toUpperCase(Locale.ROOT)),
                good.replace("text/plain", ""),
                good.replace("text/plain", "x".repeat(256)),
                good.replace("}", ",\"split\":\"a b\"}"),
                good.replace("}", ",\"split\":7}"),
                good.replace("\"path\"", "\"pat\""))) {
            assertThatThrownBy(() -> read(HEADER.formatted(1, 0) + bad)).as(bad).isInstanceOf(IntegrityException.class);
        }
        assertThat(read(HEADER.formatted(1, 0) + good)).hasSize(1);
    }

    @Test
    void linesOutOfOrderOrTwiceAreRefused() {
        assertThatThrownBy(() -> read(HEADER.formatted(2, 0) + line("b", "0") + line("a", "0")))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("sorted");
        assertThatThrownBy(() -> read(HEADER.formatted(2, 0) + line("a", "0") + line("a", "0")))
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void totalsThatAreWrongAreRefused() {
        for (String bad : List.of(
                HEADER.formatted(2, 3) + line("a", "3"),
                HEADER.formatted(0, 3) + line("a", "3"),
                HEADER.formatted(1, 2) + line("a", "3"),
                HEADER.formatted(1, 4) + line("a", "3"),
                HEADER.formatted(2, Long.MAX_VALUE) + line("a", "" + Long.MAX_VALUE) + line("b", "1"))) {
            assertThatThrownBy(() -> read(bad)).as(bad).isInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void aLineThatIsTooLongIsRefusedWithoutReadingItAll() {
        byte[] endless = (HEADER.formatted(1, 0) + "x".repeat(1_000_000)).getBytes(StandardCharsets.UTF_8);
        ByteArrayInputStream in = new ByteArrayInputStream(endless);
        assertThatThrownBy(() -> {
                    try (ManifestReader reader = new ManifestReader(in)) {
                        reader.hasNext();
                    }
                })
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("more than");
        assertThat(in.available()).isGreaterThan(800_000);
    }

    @Test
    void deepNestingIsRefused() {
        String deep = line("a", "0").replace("\"size\"", "\"x\":" + "[".repeat(6000) + "]".repeat(6000) + ",\"size\"");
        assertThatThrownBy(() -> read(HEADER.formatted(1, 0) + deep)).isInstanceOf(IntegrityException.class);
    }

    @Test
    void aManifestCutAnywhereIsRefused() throws IOException {
        byte[] whole = new ManifestSource(List.of(entry("a", null), entry("b", "train")))
                .open()
                .readAllBytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).as("cut at " + length).isInstanceOf(IntegrityException.class);
        }
    }
}
