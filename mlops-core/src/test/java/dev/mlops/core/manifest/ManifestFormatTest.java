package dev.mlops.core.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestFormatTest {
    private static final String DIGEST = Sha256.of(new byte[0]).hex();
    private static final String HEADER = "{\"format\":\"mlops-manifest\",\"version\":2,\"files\":%d,\"bytes\":%d}\n";

    private final ManifestFixture fixture = new ManifestFixture();

    private static String line(String path, String size) {
        return "{\"path\":\"%s\",\"size\":%s,\"sha256\":\"%s\",\"type\":\"text/plain\"}\n"
                .formatted(path, size, DIGEST);
    }

    private static String rootLine(String first, String last, long files, long bytes, String segment) {
        byte[] content = segment.getBytes(StandardCharsets.UTF_8);
        return "{\"first\":\"%s\",\"last\":\"%s\",\"files\":%d,\"bytes\":%d,\"sha256\":\"%s\",\"size\":%d}\n"
                .formatted(first, last, files, bytes, Sha256.of(content), content.length);
    }

    private Sha256 put(String text) {
        return fixture.contents
                .putMetadata("test", text.getBytes(StandardCharsets.UTF_8))
                .digest();
    }

    private List<FileEntry> read(String root, String... segments) {
        for (String segment : segments) {
            put(segment);
        }
        return ManifestFixture.entries(fixture.manifests.open(put(root)));
    }

    /** What a manifest of one segment lists that has files without bytes. */
    private List<FileEntry> readSegment(String first, String last, int files, String segment) {
        return read(HEADER.formatted(files, 0) + rootLine(first, last, files, 0, segment), segment);
    }

    private String text(Sha256 digest) {
        return new String(fixture.contents.bytes(digest), StandardCharsets.UTF_8);
    }

    @Test
    void theFormatIsTheDocumentedOne() {
        Sha256 empty = new Sha256(DIGEST);
        List<FileEntry> files = List.of(
                new FileEntry("a/0.png", FileKind.FILE, 7, empty, "image/png", "train", Instant.ofEpochMilli(5), png()),
                new FileEntry("l", FileKind.LINK, 3, empty, "inode/symlink", null, Instant.ofEpochMilli(-5), none()),
                ManifestFixture.folder("ü \""));
        ManifestWriter writer = new ManifestWriter(fixture.contents);
        files.forEach(writer::add);
        Manifest manifest = writer.finish("{ \"a\" :\n [1, \"}\"]} ");

        String segment = "{\"path\":\"a/0.png\",\"size\":7,\"sha256\":\"" + DIGEST
                + "\",\"type\":\"image/png\",\"split\":\"train\",\"mtime\":5,\"width\":640,\"height\":480,"
                + "\"duration\":1500,\"rows\":2}\n"
                + "{\"path\":\"l\",\"size\":3,\"sha256\":\"" + DIGEST
                + "\",\"type\":\"inode/symlink\",\"kind\":\"link\",\"mtime\":-5}\n"
                + "{\"path\":\"ü \\\"\",\"size\":0,\"sha256\":\"" + DIGEST
                + "\",\"type\":\"inode/directory\",\"kind\":\"folder\"}\n";
        assertThat(text(manifest.digest()))
                .isEqualTo(HEADER.formatted(3, 10) + "{\"summary\":{ \"a\" :  [1, \"}\"]}}\n"
                        + rootLine("a/0.png", "ü \\\"", 3, 10, segment));
        assertThat(text(Sha256.of(segment.getBytes(StandardCharsets.UTF_8)))).isEqualTo(segment);
        StoredManifest stored = fixture.manifests.open(manifest.digest());
        assertThat(stored.summary()).contains("{ \"a\" :  [1, \"}\"]}");
        assertThat(stored.manifest()).isEqualTo(manifest);
        assertThat(ManifestFixture.entries(stored)).isEqualTo(files);
    }

    private static MediaFacts png() {
        return new MediaFacts(640, 480, 1500L, 2L);
    }

    private static MediaFacts none() {
        return MediaFacts.NONE;
    }

    @Test
    void aSegmentEndsWhereTheHashOfThePathSaysOrBeforeItIsTooLarge() {
        List<FileEntry> files = new ArrayList<>();
        for (int i = 0; i < 12_000; i++) {
            files.add(ManifestFixture.file("%05d-%s".formatted(i, "ä".repeat(i % 300)), "x"));
        }
        StoredManifest manifest = fixture.write(files);
        assertThat(ManifestFixture.entries(manifest)).isEqualTo(files);
        int byHash = 0;
        int bySize = 0;
        for (SegmentRef ref : manifest.segments().subList(0, manifest.segments().size() - 1)) {
            byte[] hash = sha256(ref.last());
            boolean isByHash = hash[0] == 0 && (hash[1] & 0xff) < 0x40;
            byHash += isByHash ? 1 : 0;
            bySize += isByHash ? 0 : 1;
            assertThat(ref.size()).isLessThanOrEqualTo(512 * 1024);
            assertThat(isByHash || ref.size() > 500 * 1024).isTrue();
        }
        assertThat(byHash).isPositive();
        assertThat(bySize).isPositive();
    }

    private static byte[] sha256(String path) {
        return Sha256.newDigest().digest(path.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anEmptyManifestHasNoSegments() {
        StoredManifest manifest = fixture.write(List.of());
        assertThat(text(manifest.digest())).isEqualTo(HEADER.formatted(0, 0));
        assertThat(manifest.digest()).isEqualTo(fixture.manifests.empty().digest());
        assertThat(manifest.fromStart().hasNext()).isFalse();
        assertThat(manifest.find("a")).isEmpty();
    }

    @Test
    void membersThatItDoesNotKnowAreSkipped() {
        String segment = line("a", "0").replace("\"size\"", "\"mode\":[{\"x\":1}],\"size\"");
        String root = HEADER.formatted(1, 0).replace("\"files\"", "\"new\":{\"a\":[1,{}]},\"files\"")
                + rootLine("a", "a", 1, 0, segment).replace("\"files\"", "\"level\":3,\"files\"");
        assertThat(read(root, segment)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void anotherVersionIsRefusedWithAdvice(int version) {
        String other = HEADER.formatted(0, 0).replace("\"version\":2", "\"version\":" + version);
        assertThatThrownBy(() -> read(other))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("version " + version)
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
                "{\"format\":\"other\",\"version\":2,\"files\":0,\"bytes\":0}\n",
                "{\"format\":\"mlops-manifest\",\"files\":0,\"bytes\":0}\n",
                "{\"format\":\"mlops-manifest\",\"version\":2,\"files\":-1,\"bytes\":0}\n",
                "{\"format\":\"mlops-manifest\",\"version\":2,\"files\":1e9,\"bytes\":0}\n",
                "{\"format\":\"mlops-manifest\",\"version\":2,\"files\":99999999999999999999,\"bytes\":0}\n",
                "{\"format\":\"mlops-manifest\",\"version\":2,\"files\":0,\"bytes\":0}",
                "{\"format\":\"mlops-manifest\",\"version\":2,\"files\":0,\"bytes\":0} x\n",
                "{\"format\":\"mlops-manifest\",\"version\":2,\"files\":0,\"files\":0,\"bytes\":0}\n",
            })
    void aBadRootIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IntegrityException.class);
    }

    @Test
    void onlyOneSummaryIsTaken() {
        String header = HEADER.formatted(0, 0);
        String summary = "{\"summary\":{\"a\":{}}}\n";
        assertThat(fixture.manifests.open(put(header + summary)).summary()).contains("{\"a\":{}}");
        for (String bad : List.of(summary + summary, summary.replace("{}", "{"), "{\"summary\":[]}\n")) {
            assertThatThrownBy(() -> read(header + bad)).as(bad).isInstanceOf(IntegrityException.class);
        }
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
                "a\\ud800b",
                "a/"
            })
    void aHostilePathIsRefused(String path) {
        assertThatThrownBy(() -> readSegment("a", "a", 1, line(path, "0"))).isInstanceOf(IntegrityException.class);
        String root = HEADER.formatted(1, 0) + rootLine(path, path, 1, 0, line(path, "0"));
        assertThatThrownBy(() -> read(root)).isInstanceOf(IntegrityException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "\"1\"", "null", "9223372036854775808", "{}", "01", "+1"})
    void aSizeThatIsNoneIsRefused(String size) {
        assertThatThrownBy(() -> readSegment("a", "a", 1, line("a", size))).isInstanceOf(IntegrityException.class);
    }

    @Test
    void aBadMemberIsRefused() {
        String good = line("a", "0");
        for (String bad : List.of(
                good.replace(DIGEST, "abc"),
                good.replace(DIGEST, DIGEST.toUpperCase(Locale.ROOT)),
                good.replace("text/plain", ""),
                good.replace("text/plain", "é"),
                good.replace("text/plain", "x".repeat(256)),
                good.replace("}", ",\"split\":\"a b\"}"),
                good.replace("}", ",\"split\":7}"),
                good.replace("}", ",\"kind\":\"file\"}"),
                good.replace("}", ",\"kind\":null}"),
                good.replace("}", ",\"width\":-1}"),
                good.replace("}", ",\"rows\":-1}"),
                good.replace("}", ",\"mtime\":\"2020\"}"),
                good.replace("\"path\"", "\"pat\""),
                good.replace("}", ",\"path\":\"a\"}"))) {
            assertThatThrownBy(() -> readSegment("a", "a", 1, bad)).as(bad).isInstanceOf(IntegrityException.class);
        }
        assertThat(readSegment("a", "a", 1, good)).hasSize(1);
        assertThat(readSegment("a", "a", 1, good.replace(",", " , "))).hasSize(1);
    }

    @Test
    void linesOutOfOrderOrTwiceAreRefused() {
        assertThatThrownBy(() -> readSegment("a", "b", 2, line("b", "0") + line("a", "0")))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("sorted");
        assertThatThrownBy(() -> readSegment("a", "b", 3, line("a", "0") + line("a", "0") + line("b", "0")))
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void segmentsOutOfOrderOrTwiceAreRefused() {
        String first = rootLine("a", "a", 1, 0, line("a", "0"));
        String second = rootLine("b", "b", 1, 0, line("b", "0"));
        assertThat(read(HEADER.formatted(2, 0) + first + second, line("a", "0"), line("b", "0")))
                .hasSize(2);
        for (String bad : List.of(second + first, first + first)) {
            assertThatThrownBy(() -> read(HEADER.formatted(2, 0) + bad))
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContaining("sorted");
        }
    }

    @Test
    void whatTheRootSaysOfASegmentMustBeSo() {
        String segment = line("a", "3") + line("b", "4");
        String header = HEADER.formatted(2, 7);
        String good = rootLine("a", "b", 2, 7, segment);
        assertThat(read(header + good, segment)).hasSize(2);
        for (String bad : List.of(
                HEADER.formatted(1, 7) + good,
                HEADER.formatted(2, 8) + good,
                header,
                header + rootLine("a", "c", 2, 7, segment),
                header + rootLine("Z", "b", 2, 7, segment),
                HEADER.formatted(3, 7) + rootLine("a", "b", 3, 7, segment),
                HEADER.formatted(2, 8) + rootLine("a", "b", 2, 8, segment),
                HEADER.formatted(2, 6) + rootLine("a", "b", 2, 6, segment),
                header + good.replace("\"size\":", "\"size\":1"),
                header + good.replace("\"size\":", "\"siz\":"),
                header + good.replace("\"size\":", "\"size\":-"),
                HEADER.formatted(0, 7) + rootLine("a", "b", 0, 7, segment),
                HEADER.formatted(1, 7) + rootLine("a", "b", 1, 7, segment))) {
            assertThatThrownBy(() -> read(bad, segment)).as(bad).isInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void aLineThatIsTooLongIsRefused() {
        String path = line("a", "0").replace("}", ",\"x\":\"" + "x".repeat(EntryLine.MAX) + "\"}");
        assertThatThrownBy(() -> readSegment("a", "a", 1, path))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("more than");
    }

    @Test
    void deepNestingIsRefused() {
        String deep = line("a", "0").replace("\"size\"", "\"x\":" + "[".repeat(6000) + "]".repeat(6000) + ",\"size\"");
        assertThatThrownBy(() -> readSegment("a", "a", 1, deep)).isInstanceOf(IntegrityException.class);
    }

    @Test
    void aPartCutAnywhereIsRefused() {
        StoredManifest manifest = fixture.write(
                List.of(ManifestFixture.file("a", "1"), ManifestFixture.at(ManifestFixture.file("b", "2"), 7)));
        for (Sha256 part : fixture.contents.digests()) {
            byte[] whole = fixture.contents.bytes(part);
            for (int length = 0; length < whole.length; length++) {
                fixture.contents.replace(part, Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> ManifestFixture.entries(
                                Manifests.uncached(fixture.contents).open(manifest.digest())))
                        .as("cut at " + length)
                        .isInstanceOf(IntegrityException.class);
            }
            fixture.contents.replace(part, whole);
        }
    }

    @Test
    void aMissingPartIsNamed() {
        StoredManifest manifest = fixture.write(List.of(ManifestFixture.file("a", "1")));
        Sha256 segment = manifest.segments().get(0).sha256();
        fixture.contents.lose(segment);
        assertThatThrownBy(() -> manifest.find("a"))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(segment.hex());
        fixture.contents.lose(manifest.digest());
        assertThatThrownBy(() -> Manifests.uncached(fixture.contents).open(manifest.digest()))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(manifest.digest().hex());
    }

    @Test
    void theWriterRefusesWhatTheReaderWould() {
        ManifestWriter writer = new ManifestWriter(fixture.contents);
        writer.add(ManifestFixture.file("b", "1"));
        for (String path : List.of("a", "b", "")) {
            assertThatThrownBy(() -> writer.add(ManifestFixture.file(path, "1")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        Sha256 digest = new Sha256(DIGEST);
        for (FileEntry bad : List.of(
                ManifestFixture.file("c/../d", ""),
                new FileEntry("c", -1, digest, "a/b", null),
                new FileEntry("c", 1, digest, "", null),
                new FileEntry("c", 1, digest, "a\nb", null),
                new FileEntry("c", 1, digest, "a/b", "no split"),
                new FileEntry("c", FileKind.FOLDER, 1, digest, "a/b", null, null, MediaFacts.NONE),
                new FileEntry("c", FileKind.FILE, 1, digest, "a/b", null, Instant.MAX, MediaFacts.NONE),
                new FileEntry(
                        "c", FileKind.FILE, 1, digest, "a/b", null, null, new MediaFacts(-1, null, null, null)))) {
            assertThatThrownBy(() -> writer.add(bad)).isInstanceOf(InvalidInputException.class);
        }
        for (String summary :
                List.of("", "[]", "{", "{}{}", "{\"a\":1,\"a\":2}", "{\"a\":\"" + "x".repeat(300_000) + "\"}")) {
            assertThatThrownBy(() -> writer.finish(summary)).isInstanceOf(InvalidInputException.class);
        }
        Manifest manifest = writer.finish(null);
        assertThat(manifest.files()).isEqualTo(1);
    }

    @Test
    void wholeSegmentsAreAddedWhereTheListIsCutAnyway() {
        StoredManifest manifest = fixture.write(ManifestFixture.many(5000));
        ManifestWriter writer = new ManifestWriter(fixture.contents);
        for (SegmentRef segment : manifest.segments()) {
            if (!writer.addSegment(segment)) {
                manifest.read(segment).forEach(writer::add);
            }
        }
        assertThat(writer.finish(null)).isEqualTo(manifest.manifest());

        ManifestWriter other = new ManifestWriter(fixture.contents);
        other.add(ManifestFixture.file("a", "not cut here"));
        assertThat(other.addSegment(manifest.segments().get(0))).isFalse();
        fixture.contents.lose(manifest.segments().get(0).sha256());
        assertThatThrownBy(() -> new ManifestWriter(fixture.contents)
                        .addSegment(manifest.segments().get(0)))
                .isInstanceOf(IntegrityException.class);
    }
}
