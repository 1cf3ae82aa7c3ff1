package dev.mlops.core.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.MergeOptions.OnConflict;
import dev.mlops.core.file.PathOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Over lists of some thousand files, so that there are several segments, of which each edit touches few. */
class ManifestMergePropertyTest {
    private static final int FILES = 5000;
    private static final List<FileEntry> MANY = ManifestFixture.many(FILES);

    private final ManifestFixture fixture = new ManifestFixture();
    private final StoredManifest big = fixture.write(MANY);

    /** Changes, removals, additions and changes of time, of files that {@code index % modulus == rest} holds for. */
    record Edit(int index, int kind, String content) {
        void apply(TreeMap<String, FileEntry> files, int modulus, int rest) {
            int at = index / modulus * modulus + rest;
            String path = "d%03d/f%07d".formatted(at / 1000, at);
            FileEntry before = files.get(path);
            switch (kind) {
                case 0 -> files.remove(path);
                case 1 -> files.put(path, ManifestFixture.file(path, content));
                case 2 -> files.put(path + "-", ManifestFixture.file(path + "-", content));
                case 3 -> files.computeIfPresent(path, (same, file) -> ManifestFixture.at(file, content.length()));
                default -> {
                    if (before != null) {
                        files.remove(path);
                        files.put(path + "~", ManifestFixture.at(renamed(before, path + "~"), 5));
                    }
                }
            }
        }

        private static FileEntry renamed(FileEntry file, String path) {
            return new FileEntry(path, file.size(), file.sha256(), file.mediaType(), file.split());
        }
    }

    @Provide
    Arbitrary<List<Edit>> edits() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, FILES - 10),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.strings().alpha().ofMaxLength(3))
                .as(Edit::new)
                .list()
                .ofMaxSize(12);
    }

    private static List<FileEntry> edited(List<Edit> edits, int modulus, int rest) {
        TreeMap<String, FileEntry> files = new TreeMap<>(PathOrder.BY_CODE_POINT);
        MANY.forEach(file -> files.put(file.path(), file));
        edits.forEach(edit -> edit.apply(files, modulus, rest));
        return List.copyOf(files.values());
    }

    private StoredManifest merge(StoredManifest base, StoredManifest ours, StoredManifest theirs) {
        MergeOutcome outcome = new ManifestMerge(base, ours, theirs, OnConflict.REFUSE)
                .merge(fixture.contents, MergeChanges.NONE, () -> null);
        assertThat(outcome).isInstanceOf(MergeOutcome.Merged.class);
        return fixture.manifests.open(((MergeOutcome.Merged) outcome).manifest().digest());
    }

    @Property(tries = 60)
    void aDiffIsWhatMapsSay(@ForAll("edits") List<Edit> left, @ForAll("edits") List<Edit> right) {
        List<FileEntry> before = edited(left, 1, 0);
        List<FileEntry> after = edited(right, 1, 0);
        DatasetDiff diff = ManifestDiff.between(fixture.write(before), fixture.write(after));
        assertThat(diff).isEqualTo(naiveDiff(before, after));
    }

    private static DatasetDiff naiveDiff(List<FileEntry> before, List<FileEntry> after) {
        Map<String, FileEntry> left = byPath(before);
        Map<String, FileEntry> right = byPath(after);
        List<FileEntry> added = new ArrayList<>(
                after.stream().filter(file -> !left.containsKey(file.path())).toList());
        List<FileEntry> removed = new ArrayList<>(
                before.stream().filter(file -> !right.containsKey(file.path())).toList());
        List<FileEntry> common =
                after.stream().filter(file -> left.containsKey(file.path())).toList();
        List<FileEntry> changed = common.stream()
                .filter(file -> !file.hasSameBytesAs(left.get(file.path())))
                .toList();
        List<DatasetDiff.Rename> renamed = new ArrayList<>();
        for (FileEntry to : List.copyOf(added)) {
            removed.stream()
                    .filter(from -> from.size() > 0 && from.hasSameBytesAs(to))
                    .findFirst()
                    .ifPresent(from -> {
                        renamed.add(new DatasetDiff.Rename(from.path(), to));
                        removed.remove(from);
                        added.remove(to);
                    });
        }
        long changedBefore =
                changed.stream().mapToLong(file -> left.get(file.path()).size()).sum();
        return new DatasetDiff(
                added,
                removed,
                changed,
                renamed,
                common.size() - changed.size(),
                bytes(added) + bytes(changed),
                bytes(removed) + changedBefore);
    }

    private static Map<String, FileEntry> byPath(List<FileEntry> files) {
        Map<String, FileEntry> map = new HashMap<>();
        files.forEach(file -> map.put(file.path(), file));
        return map;
    }

    private static long bytes(List<FileEntry> files) {
        return files.stream().mapToLong(FileEntry::size).sum();
    }

    @Property(tries = 60)
    void whereOneSideDidNothingTheOtherSideIsTheMerge(@ForAll("edits") List<Edit> edits) {
        StoredManifest edited = fixture.write(edited(edits, 1, 0));
        assertThat(merge(big, edited, big).digest()).isEqualTo(edited.digest());
        assertThat(merge(big, big, edited).digest()).isEqualTo(edited.digest());
        assertThat(merge(big, edited, edited).digest()).isEqualTo(edited.digest());
    }

    @Property(tries = 60)
    void disjointMergesCommuteAndAssociate(
            @ForAll("edits") List<Edit> one, @ForAll("edits") List<Edit> two, @ForAll("edits") List<Edit> three) {
        StoredManifest a = fixture.write(edited(one, 3, 0));
        StoredManifest b = fixture.write(edited(two, 3, 1));
        StoredManifest c = fixture.write(edited(three, 3, 2));
        assertThat(merge(big, a, b).digest()).isEqualTo(merge(big, b, a).digest());
        assertThat(merge(big, merge(big, a, b), c).digest())
                .isEqualTo(merge(big, a, merge(big, b, c)).digest());
    }

    @Property(tries = 60)
    void aMergeIsTheListMadeAnewAndItsChangesLeadThere(
            @ForAll("edits") List<Edit> one, @ForAll("edits") List<Edit> two) {
        StoredManifest ours = fixture.write(edited(one, 2, 0));
        StoredManifest theirs = fixture.write(edited(two, 2, 1));
        Map<String, FileEntry> files = byPath(ManifestFixture.entries(ours));
        MergeOutcome outcome = new ManifestMerge(big, ours, theirs, OnConflict.REFUSE)
                .merge(
                        fixture.contents,
                        (before, after) -> {
                            if (before != null) {
                                assertThat(files.remove(before.path())).isEqualTo(before);
                            }
                            if (after != null) {
                                files.put(after.path(), after);
                            }
                        },
                        () -> null);
        assertThat(outcome)
                .isEqualTo(new MergeOutcome.Merged(fixture.write(files.values()).manifest()));
    }

    @Property(tries = 30)
    void oneChangeInABigListChangesFewParts(@ForAll @IntRange(max = FILES - 1) int index) {
        List<FileEntry> files = new ArrayList<>(MANY);
        files.set(index, ManifestFixture.file(files.get(index).path(), "other"));
        var before = fixture.contents.digests();
        fixture.write(files);
        var added = fixture.contents.digests();
        added.removeAll(before);
        assertThat(added).hasSizeLessThanOrEqualTo(2);
    }

    @Property(tries = 30)
    void aDiffReadsTheSegmentsThatDifferOnly(@ForAll @IntRange(max = FILES - 1) int index) {
        List<FileEntry> files = new ArrayList<>(MANY);
        files.remove(index);
        StoredManifest edited = fixture.write(files);
        Manifests manifests = Manifests.cached(() -> fixture.contents);
        int before = fixture.contents.opened();
        DatasetDiff diff = ManifestDiff.between(manifests.open(big.digest()), manifests.open(edited.digest()));
        assertThat(diff.removed()).containsExactly(MANY.get(index));
        assertThat(fixture.contents.opened() - before)
                .isLessThanOrEqualTo(8)
                .isLessThan(big.segments().size() + 4);
    }
}
