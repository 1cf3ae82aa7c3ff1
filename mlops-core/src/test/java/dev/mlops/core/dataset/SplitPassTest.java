package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitLabel;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.api.error.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SplitPassTest {
    private static final Split.Stratified BY_FOLDER =
            Split.stratified(SplitLabel.folder()).and("train", 0.8).and("test", 0.2);

    /** The split of each path; {@code before} is what an earlier call gave, or empty. */
    private static Map<String, @Nullable String> split(
            Split split, Map<String, @Nullable String> before, List<String> paths, SplitPass.Draft draft) {
        List<SplitSummary> summaries = new ArrayList<>();
        if (!before.isEmpty()) {
            split.names().forEach(name -> summaries.add(new SplitSummary(name, 0, 0)));
        }
        Map<String, FileEntry> parent = new HashMap<>();
        before.forEach((path, name) -> parent.put(path, new FileEntry(path, 1, Sha256.of(new byte[1]), "x/y", name)));
        SplitPass pass = SplitPass.of(split, summaries, draft);
        paths.forEach(path -> pass.see(path, parent.get(path)));
        Map<String, @Nullable String> result = new TreeMap<>();
        paths.forEach(path -> result.put(path, pass.splitOf(path, parent.get(path))));
        return result;
    }

    private static Map<String, @Nullable String> split(
            Split split, Map<String, @Nullable String> before, List<String> paths) {
        return split(split, before, paths, path -> null);
    }

    private static List<String> paths(List<Integer> labelSizes) {
        List<String> paths = new ArrayList<>();
        for (int label = 0; label < labelSizes.size(); label++) {
            for (int i = 0; i < labelSizes.get(label); i++) {
                paths.add("images/label-%d/%d.png".formatted(label, i));
            }
        }
        return paths;
    }

    private static long count(Map<String, @Nullable String> splits, String folder, @Nullable String name) {
        return splits.entrySet().stream()
                .filter(file -> file.getKey().startsWith(folder + "/") && Objects.equals(file.getValue(), name))
                .count();
    }

    @Property(tries = 200)
    void withoutAParentEachLabelHasItsSharesRoundedUpOrDown(
            @ForAll @Size(min = 1, max = 5) List<@IntRange(max = 90) Integer> sizes,
            @ForAll @DoubleRange(min = 0.01, max = 0.5) double first,
            @ForAll @DoubleRange(min = 0.01, max = 0.4) double second,
            @ForAll long seed) {
        Split split = Split.stratified(SplitLabel.folder(1))
                .and("a", first)
                .and("b", second)
                .seed(seed);
        Map<String, @Nullable String> splits = split(split, Map.of(), paths(sizes));
        for (int label = 0; label < sizes.size(); label++) {
            int files = sizes.get(label);
            String folder = "images/label-" + label;
            assertThat(Math.abs(count(splits, folder, "a") - first * files)).isLessThan(1);
            assertThat(Math.abs(count(splits, folder, "b") - second * files)).isLessThan(1);
            assertThat(Math.abs(count(splits, folder, null) - (1 - first - second) * files))
                    .isLessThan(1);
        }
    }

    @Property(tries = 200)
    void filesKeepTheirSplitWhenOthersComeAndGo(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 40) Integer> before,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 80) Integer> after,
            @ForAll long seed) {
        Split split = BY_FOLDER.seed(seed);
        Map<String, @Nullable String> old = split(split, Map.of(), paths(before));
        Map<String, @Nullable String> all = split(split, old, paths(after));
        old.forEach((path, name) -> {
            if (all.containsKey(path)) {
                assertThat(all.get(path)).isEqualTo(name);
            }
        });
    }

    @Property(tries = 200)
    void newFilesBringALabelBackToItsShares(
            @ForAll @IntRange(min = 0, max = 50) int inTrain, @ForAll @IntRange(min = 0, max = 50) int inTest) {
        Map<String, @Nullable String> old = new LinkedHashMap<>();
        List<String> paths = new ArrayList<>(paths(List.of(400)));
        for (int i = 0; i < inTrain + inTest; i++) {
            String path = "images/label-0/old-%d.png".formatted(i);
            old.put(path, i < inTrain ? "train" : "test");
            paths.add(path);
        }
        Map<String, @Nullable String> all = split(BY_FOLDER, old, paths);
        assertThat(all).containsAllEntriesOf(old);
        assertThat(Math.abs(count(all, "images/label-0", "test") - 0.2 * paths.size()))
                .isLessThan(1);
    }

    @Property(tries = 50)
    void theOrderInWhichFilesAreSeenDoesNotMatter(@ForAll long seed) {
        List<String> paths = paths(List.of(30, 1, 2, 77));
        List<String> shuffled = new ArrayList<>(paths);
        Collections.shuffle(shuffled, new Random(seed));
        Split split = BY_FOLDER.seed(seed);
        assertThat(split(split, Map.of(), shuffled)).isEqualTo(split(split, Map.of(), paths));
    }

    @Test
    void anotherSeedGivesAnotherSplitAndKeepsNothingOnlyWhenToldSo() {
        List<String> paths = paths(List.of(50));
        Map<String, @Nullable String> old = split(BY_FOLDER, Map.of(), paths);
        assertThat(split(BY_FOLDER.seed(1), Map.of(), paths)).isNotEqualTo(old);
        assertThat(split(BY_FOLDER.seed(1), old, paths)).isEqualTo(old);
        assertThat(split(BY_FOLDER.seed(1).anew(), old, paths)).isEqualTo(split(BY_FOLDER.seed(1), Map.of(), paths));
    }

    @Test
    void aParentWithOtherSplitsKeepsNothing() {
        List<String> paths = paths(List.of(20));
        Map<String, @Nullable String> old = new HashMap<>();
        paths.forEach(path -> old.put(path, "test"));
        SplitPass pass = SplitPass.of(BY_FOLDER, List.of(new SplitSummary("test", 20, 20)), path -> null);
        Sha256 digest = Sha256.of(new byte[1]);
        paths.forEach(path -> pass.see(path, new FileEntry(path, 1, digest, "x/y", "test")));
        assertThat(paths.stream()
                        .filter(path ->
                                "test".equals(pass.splitOf(path, new FileEntry(path, 1, digest, "x/y", "test")))))
                .hasSize(4);
    }

    @Test
    void aFolderAtAnyLevelIsALabel() {
        FileLabels first = FileLabels.of(SplitLabel.folder(0), path -> null);
        FileLabels aboveLast = FileLabels.of(SplitLabel.folder(-2), path -> null);
        assertThat(first.labelOf("a/b/c.png")).isEqualTo("a");
        assertThat(aboveLast.labelOf("a/b/c.png")).isEqualTo("a");
        assertThat(aboveLast.labelOf("b/c.png")).isEmpty();
        assertThat(first.labelOf("c.png")).isEmpty();
        assertThat(FileLabels.of(SplitLabel.folder(7), path -> null).labelOf("a/b"))
                .isEmpty();
    }

    private static SplitPass.Draft draft(String csv) {
        return path ->
                path.equals("meta/labels.csv") ? new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)) : null;
    }

    private static final SplitLabel COLUMN = SplitLabel.column("meta/labels.csv", "file", "kind");

    @Test
    void aColumnOfAFileIsALabel() {
        FileLabels labels = FileLabels.of(
                COLUMN,
                draft("\ufefffile,\"the \"\"note\"\"\",kind\r\n"
                        + "a.png,\"x,\ny\",cat\r\n\r\n./b.png,,\"dog, big\"\n\"c.png\",,cat"));
        assertThat(labels.labelOf("a.png")).isEqualTo("cat");
        assertThat(labels.labelOf("b.png")).isEqualTo("dog, big");
        assertThat(labels.labelOf("meta/c.png")).isEqualTo("cat");
        assertThat(labels.labelOf("other/c.png")).isEmpty();
    }

    @Test
    void theFileWithTheLabelsIsInNoSplit() {
        Split split = Split.stratified(COLUMN).and("train", 0.5).and("test", 0.5);
        Map<String, @Nullable String> splits = split(
                split,
                Map.of(),
                List.of("meta/labels.csv", "a", "b", "c", "d"),
                draft("file,kind\na,1\nb,1\nc,2\nd,2\n"));
        assertThat(splits.get("meta/labels.csv")).isNull();
        assertThat(splits.get("a")).isNotEqualTo(splits.get("b"));
        assertThat(splits.get("c")).isNotEqualTo(splits.get("d"));
    }

    @Test
    void badLabelFilesAreRefusedByName() {
        for (String csv : List.of(
                "",
                "file\na\n",
                "file,kind\na\n",
                "file,kind\na,\"open\n",
                "file,kind\na,x\"y\n",
                "file,kind\na,\"x\"y\n",
                "file,kind\na,1\na,2\n",
                "file,kind\na," + "x".repeat(2_000_000))) {
            assertThatThrownBy(() -> FileLabels.of(COLUMN, draft(csv)))
                    .as(csv.substring(0, Math.min(40, csv.length())))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("labels.csv");
        }
        byte[] latin1 = "file,kind\nä,1".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> FileLabels.of(COLUMN, path -> new ByteArrayInputStream(latin1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> FileLabels.of(COLUMN, path -> null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("not among the files");
    }

    @Test
    void explicitListsSayTheSplit() {
        Split split = Split.explicit("test", List.of("a", "z")).and("train", List.of("b"));
        assertThat(split(split, Map.of(), List.of("a", "b", "c")))
                .containsEntry("a", "test")
                .containsEntry("b", "train")
                .containsEntry("c", null);
        assertThatThrownBy(() -> Split.explicit("test", List.of("a")).and("train", List.of("a")))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Split.explicit("test", List.of("../a"))).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void noSplitPutsFilesNowhere() {
        assertThat(split(Split.NONE, Map.of(), List.of("a"))).containsEntry("a", null);
    }
}
