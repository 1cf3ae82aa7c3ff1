package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.core.file.PathOrder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class ManifestPropertyTest {
    @Property(tries = 500)
    void pathsAreOrderedAsTheirUtf8Bytes(
            @ForAll @Chars({'a', 'b', '/', 'ä', '\uffee'}) String a, @ForAll @Chars({'a', 'b', '\uffee'}) String b) {
        for (String left : List.of(a, a + "\ud83c\udfaf", "\ud83c\udfaf" + a)) {
            for (String right : List.of(b, b + "\ud83c\udfb0", b + "\uffee")) {
                int expected = Arrays.compareUnsigned(
                        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
                assertThat(Integer.signum(PathOrder.BY_CODE_POINT.compare(left, right)))
                        .isEqualTo(Integer.signum(expected));
            }
        }
    }

    @Property(tries = 300)
    void randomBytesNeverBreakTheReader(@ForAll byte[] noise) {
        String header = "{\"format\":\"mlops-manifest\",\"version\":1,\"files\":5,\"bytes\":9}\n";
        byte[] start = header.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = Arrays.copyOf(start, start.length + noise.length);
        System.arraycopy(noise, 0, bytes, start.length, noise.length);
        assertThat(isRefused(noise)).isTrue();
        assertThat(isRefused(bytes)).isTrue();
    }

    @Property(tries = 300)
    void aChangedByteIsRefusedOrGivesAnotherManifest(@ForAll @IntRange(max = 299) int position, @ForAll byte value)
            throws IOException {
        FileEntry entry = new FileEntry("a/b", 7, Sha256.of(new byte[1]), "image/png", "train");
        byte[] bytes = new ManifestSource(List.of(entry)).open().readAllBytes();
        int at = position % bytes.length;
        if (bytes[at] == value) {
            return;
        }
        bytes[at] = value;
        assertThat(isRefused(bytes) || read(bytes).size() == 1).isTrue();
    }

    private static boolean isRefused(byte[] bytes) {
        try {
            read(bytes);
            return false;
        } catch (IntegrityException e) {
            return true;
        }
    }

    private static List<FileEntry> read(byte[] bytes) {
        try (ManifestReader reader = new ManifestReader(new ByteArrayInputStream(bytes))) {
            List<FileEntry> entries = new ArrayList<>();
            reader.forEachRemaining(entries::add);
            return entries;
        }
    }

    @Property(tries = 200)
    void aDiffIsWhatSetsSay(
            @ForAll @Size(max = 20) List<@AlphaChars @StringLength(min = 1, max = 2) String> left,
            @ForAll @Size(max = 20) List<@AlphaChars @StringLength(min = 1, max = 2) String> right) {
        TreeSet<String> before = new TreeSet<>(left);
        TreeSet<String> after = new TreeSet<>(right);
        var diff =
                ManifestDiff.between(entries(before).iterator(), entries(after).iterator());

        TreeSet<String> added = new TreeSet<>(after);
        added.removeAll(before);
        TreeSet<String> removed = new TreeSet<>(before);
        removed.removeAll(after);
        assertThat(diff.added()).extracting(FileEntry::path).containsExactlyElementsOf(added);
        assertThat(diff.removed()).extracting(FileEntry::path).containsExactlyElementsOf(removed);
        assertThat(diff.changed()).isEmpty();
        assertThat(diff.unchanged()).isEqualTo(after.size() - added.size());
    }

    private static List<FileEntry> entries(Set<String> paths) {
        return paths.stream()
                .map(path -> new FileEntry(path, 1, Sha256.of(path.getBytes(StandardCharsets.UTF_8)), "a/b", null))
                .toList();
    }

    @Property(tries = 200)
    void aPlaceIsOnTheUnitIntervalAndDependsOnSeedAndPathAlone(@ForAll long seed, @ForAll @NotEmpty String path) {
        double place = SplitAssignment.place(seed, path);
        assertThat(place).isBetween(0.0, Math.nextDown(1.0)).isEqualTo(SplitAssignment.place(seed, path));
        SplitAssignment everything = SplitAssignment.byRatio(Split.ratio("all", 1));
        assertThat(everything.splitOf(path)).isEqualTo("all");
    }
}
