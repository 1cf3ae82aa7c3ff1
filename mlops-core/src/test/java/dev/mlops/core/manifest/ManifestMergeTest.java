package dev.mlops.core.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.MergeConflict;
import dev.mlops.api.dataset.MergeConflict.Kind;
import dev.mlops.api.dataset.MergeOptions.OnConflict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestMergeTest {
    private final ManifestFixture fixture = new ManifestFixture();

    /** Such as {@code "a=1 b=2 c/ d=1@5"}: a path, what is in the file or that it is a folder, and its time. */
    private static List<FileEntry> list(String text) {
        List<FileEntry> files = new ArrayList<>();
        for (String word : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            String[] parts = word.split("[=@]", -1);
            FileEntry file = word.endsWith("/")
                    ? ManifestFixture.folder(word.substring(0, word.length() - 1))
                    : ManifestFixture.file(parts[0], parts[1]);
            files.add(parts.length > 2 ? ManifestFixture.at(file, Long.parseLong(parts[2])) : file);
        }
        return files;
    }

    private ManifestMerge merging(String base, String ours, String theirs, OnConflict onConflict) {
        return new ManifestMerge(
                fixture.write(list(base)), fixture.write(list(ours)), fixture.write(list(theirs)), onConflict);
    }

    private void assertMerged(String base, String ours, String theirs, OnConflict onConflict, String expected) {
        ManifestMerge merge = merging(base, ours, theirs, onConflict);
        assertThat(merge.conflicts()).isEmpty();
        MergeOutcome outcome = merge.merge(fixture.contents, MergeChanges.NONE, () -> null);
        assertThat(outcome).isInstanceOf(MergeOutcome.Merged.class);
        Manifest merged = ((MergeOutcome.Merged) outcome).manifest();
        assertThat(ManifestFixture.entries(fixture.manifests.open(merged.digest())))
                .isEqualTo(ManifestFixture.sorted(list(expected)));
    }

    private List<MergeConflict> conflicts(String base, String ours, String theirs, OnConflict onConflict) {
        ManifestMerge merge = merging(base, ours, theirs, onConflict);
        List<MergeConflict> conflicts = merge.conflicts();
        assertThat(merge.merge(fixture.contents, MergeChanges.NONE, () -> null))
                .isEqualTo(new MergeOutcome.Conflicting(conflicts));
        return conflicts;
    }

    @Test
    void changesOfBothSidesGoTogether() {
        assertMerged(
                "a=1 b=1 c=1 d=1", "a=2 b=1 c=1 e=1", "a=1 b=2 c=1 d=1 f=1", OnConflict.REFUSE, "a=2 b=2 c=1 e=1 f=1");
        assertMerged("a=1", "", "a=1 b=1", OnConflict.REFUSE, "b=1");
        assertMerged("a=1", "", "", OnConflict.REFUSE, "");
    }

    @Test
    void theSameChangeOnBothSidesIsNoConflict() {
        assertMerged("a=1 b=1", "a=2 c=1", "a=2 c=1", OnConflict.REFUSE, "a=2 c=1");
        assertMerged("a=1 b=1", "a=2@5 c=1@5", "a=2@6 c=1@6", OnConflict.REFUSE, "a=2@5 c=1@5");
    }

    @Test
    void bytesGoBeforeTimes() {
        assertMerged("a=1@1", "a=1@2", "a=1@1", OnConflict.REFUSE, "a=1@2");
        assertMerged("a=1@1", "a=1@1", "a=1@2", OnConflict.REFUSE, "a=1@2");
        assertMerged("a=1@1", "a=1@2", "a=1@3", OnConflict.REFUSE, "a=1@2");
        assertMerged("a=1@1", "a=1@2", "a=2@3", OnConflict.REFUSE, "a=2@3");
        assertMerged("a=1@1", "a=2@2", "a=1@3", OnConflict.REFUSE, "a=2@2");
        assertMerged("a=1@1", "a=1@2", "", OnConflict.REFUSE, "");
        assertMerged("a=1@1", "", "a=1@2", OnConflict.REFUSE, "");
    }

    @Test
    void everyKindOfConflictIsFound() {
        List<MergeConflict> found = conflicts("b=1 c=1 d=1", "a=1 b=2 c=2 x=1", "a=2 b=3 d=2 y=1", OnConflict.REFUSE);
        assertThat(found).extracting(MergeConflict::path).containsExactly("a", "b", "c", "d");
        assertThat(found)
                .extracting(MergeConflict::kind)
                .containsExactly(
                        Kind.BOTH_ADDED, Kind.BOTH_CHANGED, Kind.CHANGED_AND_REMOVED, Kind.REMOVED_AND_CHANGED);
        assertThat(found.get(1))
                .isEqualTo(new MergeConflict(
                        "b",
                        Kind.BOTH_CHANGED,
                        ManifestFixture.file("b", "1"),
                        ManifestFixture.file("b", "2"),
                        ManifestFixture.file("b", "3")));
        assertThat(found.get(2).theirs()).isNull();
        assertThat(found.get(3).ours()).isNull();
    }

    @Test
    void aSideCanBeChosen() {
        String base = "b=1 c=1 d=1";
        assertMerged(base, "a=1 b=2 c=2 x=1", "a=2 b=3 d=2 y=1", OnConflict.OURS, "a=1 b=2 c=2 x=1 y=1");
        assertMerged(base, "a=1 b=2 c=2 x=1", "a=2 b=3 d=2 y=1", OnConflict.THEIRS, "a=2 b=3 d=2 x=1 y=1");
    }

    @Test
    void aFolderInTheOneAndAFileInTheOtherConflict() {
        assertThat(conflicts("z=1", "a=1 z=1", "a/ z=1", OnConflict.REFUSE))
                .extracting(MergeConflict::kind)
                .containsExactly(Kind.BOTH_ADDED);
        assertMerged("z=1", "a=1 z=1", "a/ z=1", OnConflict.THEIRS, "a/ z=1");
    }

    @Test
    void pathsThatCannotLieSideBySideCollide() {
        for (OnConflict onConflict : OnConflict.values()) {
            assertCollision(conflicts("z=1", "a/B=1 z=1", "A/b=1 z=1", onConflict), "a/B", "A/b");
            assertCollision(conflicts("z=1", "\u00e9=1 z=1", "e\u0301=1 z=1", onConflict), "\u00e9", "e\u0301");
            assertCollision(conflicts("z=1", "A=1 z=1", "a/b/c=1 z=1", onConflict), "A", "a/b/c");
            assertCollision(conflicts("z=1", "a/b/c=1 a/b/d=1 z=1", "A/B=1 z=1", onConflict), "a/b/c", "A/B");
            assertCollision(conflicts("z=1", "a/B/ z=1", "a/b=1 z=1", onConflict), "a/B", "a/b");
        }
    }

    private static void assertCollision(List<MergeConflict> found, String ours, String theirs) {
        assertThat(found).hasSize(1);
        assertThat(found.get(0).kind()).isEqualTo(Kind.NAME_COLLISION);
        assertThat(found.get(0).path()).isEqualTo(ours);
        assertThat(found.get(0).ours()).extracting(FileEntry::path).isEqualTo(ours);
        assertThat(found.get(0).theirs()).extracting(FileEntry::path).isEqualTo(theirs);
    }

    @Test
    void aChosenSideMayCollideToo() {
        assertThat(conflicts("a=1 z=1", "A=1 z=1", "a=2 z=1", OnConflict.THEIRS))
                .extracting(MergeConflict::kind)
                .containsExactly(Kind.NAME_COLLISION);
        assertMerged("a=1 z=1", "A=1 z=1", "a=2 z=1", OnConflict.OURS, "A=1 z=1");
        assertMerged("a=1 z=1", "A=1 z=1", "a=1 z=1", OnConflict.REFUSE, "A=1 z=1");
    }

    @Test
    void foldersOfOneNameInTwoCasesDoNotCollide() {
        assertMerged("z=1", "a/b=1 z=1", "A/c=1 z=1", OnConflict.REFUSE, "A/c=1 a/b=1 z=1");
    }

    @Test
    void anEmptyFolderThatTheOtherSideFillsVanishes() {
        assertMerged("z=1", "a/ z=1", "a/b=1 z=1", OnConflict.REFUSE, "a/b=1 z=1");
        assertMerged("z=1", "a/b=1 z=1", "a/ z=1", OnConflict.REFUSE, "a/b=1 z=1");
        assertMerged("a/b=1", "a/", "a/b=1 a/c=1", OnConflict.REFUSE, "a/c=1");
        assertMerged("a/b=1 a/c=1", "a/", "a/b=1 a/c=1", OnConflict.REFUSE, "a/");
        assertMerged("a/b=1", "a/", "a/b=2", OnConflict.THEIRS, "a/b=2");
        assertMerged("a/b=1", "a/", "a/b=2", OnConflict.OURS, "a/");
        assertMerged("a/", "a/b=1", "a/c=1", OnConflict.REFUSE, "a/b=1 a/c=1");
    }

    @Test
    void withoutACommonAncestorAllIsAdded() {
        ManifestMerge merge = new ManifestMerge(
                fixture.manifests.empty(),
                fixture.write(list("a=1 b=1")),
                fixture.write(list("b=2 c=1")),
                OnConflict.REFUSE);
        assertThat(merge.conflicts()).extracting(MergeConflict::kind).containsExactly(Kind.BOTH_ADDED);
    }

    @Test
    void theSummaryOfAMergeIsMadeFromItsChanges() {
        ManifestMerge merge = merging("a=1", "a=1 b=1", "a=1 c=1", OnConflict.REFUSE);
        List<String> added = new ArrayList<>();
        MergeOutcome outcome = merge.merge(
                fixture.contents,
                (ours, merged) -> added.add(merged == null ? "" : merged.path()),
                () -> "{\"added\":\"" + added.get(0) + "\"}");
        Manifest merged = ((MergeOutcome.Merged) outcome).manifest();
        assertThat(fixture.manifests.open(merged.digest()).summary()).contains("{\"added\":\"c\"}");
    }

    @Test
    void manyConflictsAreNotCollectedWithoutEnd() {
        List<FileEntry> ours = new ArrayList<>();
        List<FileEntry> theirs = new ArrayList<>();
        for (int i = 0; i < ManifestMerge.MAX_CONFLICTS + 10; i++) {
            ours.add(ManifestFixture.file("%06d".formatted(i), "1"));
            theirs.add(ManifestFixture.file("%06d".formatted(i), "2"));
        }
        ManifestMerge merge = new ManifestMerge(
                fixture.manifests.empty(), fixture.write(ours), fixture.write(theirs), OnConflict.REFUSE);
        assertThat(merge.conflicts()).hasSize(ManifestMerge.MAX_CONFLICTS);
    }
}
