package dev.mlops.core.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.dataset.MaterialiseOptions;
import dev.mlops.api.dataset.MaterialiseOptions.Extraneous;
import dev.mlops.api.dataset.MaterialiseOptions.Times;
import dev.mlops.api.dataset.MaterialiseReport;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.cache.LateFileCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckoutTest {
    private static final Instant RECORDED = Instant.parse("2020-05-06T07:08:09.123Z");

    @TempDir
    Path directory;

    private TestContents contents;
    private Path target;
    private LateFileCache cache;
    private final Map<Sha256, List<FileEntry>> manifests = new HashMap<>();

    @BeforeEach
    void open() {
        contents = new TestContents(directory);
        target = directory.resolve("target");
        cache = new LateFileCache(directory.resolve("cache"), 100 << 20);
    }

    @AfterEach
    void close() {
        cache.close();
        contents.close();
    }

    private FileEntry file(String path, String text) {
        return entry(path, FileKind.FILE, text.getBytes(StandardCharsets.UTF_8));
    }

    private FileEntry link(String path, String to) {
        return entry(path, FileKind.LINK, to.getBytes(StandardCharsets.UTF_8));
    }

    private FileEntry entry(String path, FileKind kind, byte[] bytes) {
        Sha256 digest = contents.put(bytes);
        return new FileEntry(path, kind, bytes.length, digest, "text/plain", null, RECORDED, MediaFacts.NONE);
    }

    private static FileEntry folder(String path) {
        return new FileEntry(
                path, FileKind.FOLDER, 0, Sha256.of(new byte[0]), "inode/directory", null, null, MediaFacts.NONE);
    }

    private DatasetVersion version(FileEntry... entries) {
        List<FileEntry> sorted = new ArrayList<>(List.of(entries));
        sorted.sort(Comparator.comparing(FileEntry::path));
        Sha256 manifest = Sha256.of(sorted.toString().getBytes(StandardCharsets.UTF_8));
        manifests.put(manifest, sorted);
        return new DatasetVersion(
                "id",
                "p",
                "d",
                "p/d:V001",
                "V001",
                1,
                null,
                null,
                "",
                Map.of(),
                manifest,
                sorted.size(),
                0,
                List.of(),
                "me",
                "me",
                RECORDED);
    }

    private MaterialiseReport checkout(DatasetVersion version, MaterialiseOptions options) {
        VersionFiles files = (manifest, query) -> manifests.getOrDefault(manifest, List.of()).stream()
                .filter(entry -> query.prefix() == null || entry.path().startsWith(query.prefix()))
                .iterator();
        return new Checkout(contents.store(), files, version, target, options, cache, -1, -1).run();
    }

    private MaterialiseReport checkout(DatasetVersion version) {
        return checkout(version, MaterialiseOptions.defaults());
    }

    private static MaterialiseOptions deleting() {
        return MaterialiseOptions.builder().extraneous(Extraneous.DELETE).build();
    }

    private static MaterialiseOptions linking() {
        return MaterialiseOptions.builder()
                .links(MaterialiseOptions.Links.INSIDE)
                .build();
    }

    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(target)) {
            for (Path path : all.filter(one -> !one.equals(target)).toList()) {
                String name = target.relativize(path).toString();
                if (Files.isSymbolicLink(path)) {
                    tree.put(name, "-> " + Files.readSymbolicLink(path));
                } else if (Files.isDirectory(path)) {
                    tree.put(name + "/", "");
                } else {
                    tree.put(name, Files.readString(path));
                }
            }
        }
        return tree;
    }

    @Test
    void aSecondCheckoutFindsEverythingUnchanged() throws IOException {
        DatasetVersion version = version(file("a/b", "1"), file("a/c", "22"), file("d", ""));
        assertThat(checkout(version)).isEqualTo(new MaterialiseReport(3, 3, 0, 0, 0, 0, 0, 0));
        assertThat(checkout(version)).isEqualTo(new MaterialiseReport(0, 0, 0, 0, 3, 3, 0, 0));
        assertThat(tree()).isEqualTo(Map.of("a/", "", "a/b", "1", "a/c", "22", "d", ""));
        assertThat(Files.getLastModifiedTime(target.resolve("a/b")).toInstant()).isEqualTo(RECORDED);
    }

    @Test
    void aChangeThatHidesItselfIsFound() throws IOException {
        DatasetVersion version = version(file("a", "same size"), file("b", "same size too"));
        checkout(version);
        checkout(version);
        Files.writeString(target.resolve("a"), "SAME SIZE");
        Files.setLastModifiedTime(target.resolve("a"), FileTime.from(RECORDED));
        assertThat(checkout(version).writtenFiles()).isEqualTo(1);
        assertThat(tree()).containsEntry("a", "same size");
    }

    @Test
    void filesOfTheSameSizeAndTimeInAnotherVersionAreReplaced() throws IOException {
        checkout(version(file("a", "one"), file("b", "same"), file("c", "three")));
        DatasetVersion second = version(file("a", "two"), file("aa", "new"), file("b", "same"), file("c", "THREE"));
        MaterialiseReport report = checkout(second);
        assertThat(report.writtenFiles()).isEqualTo(3);
        assertThat(report.unchangedFiles()).isEqualTo(1);
        assertThat(tree()).isEqualTo(Map.of("a", "two", "aa", "new", "b", "same", "c", "THREE"));
    }

    @Test
    void theJournalOfAPartIsNotTakenForThatOfAll() throws IOException {
        DatasetVersion version = version(file("a/1", "right"), file("b/1", "right"));
        Files.createDirectories(target.resolve("b"));
        Files.writeString(target.resolve("b/1"), "wrong");
        Files.setLastModifiedTime(target.resolve("b/1"), FileTime.from(RECORDED));
        checkout(
                version,
                MaterialiseOptions.builder().query(FileQuery.prefix("a/")).build());
        checkout(version);
        assertThat(tree()).containsEntry("b/1", "right");
    }

    @Test
    void aJournalThatMakesNoSenseIsIgnored() throws IOException {
        DatasetVersion version = version(file("a", "1"));
        checkout(version);
        var attributes = Files.getFileAttributeView(target, java.nio.file.attribute.UserDefinedFileAttributeView.class);
        Assumptions.assumeTrue(attributes != null && attributes.list().contains("mlops.checkout"));
        for (String text : List.of("", "1", "1 x y z", "2 " + version.manifest(), "x".repeat(3000))) {
            attributes.write("mlops.checkout", StandardCharsets.UTF_8.encode(text));
            assertThat(checkout(version).unchangedFiles()).isEqualTo(1);
        }
    }

    @Test
    void theJournalSaysWhichFilesNeedNotBeRead() throws Exception {
        DatasetVersion version = version(file("a", "1"));
        checkout(version);
        Assumptions.assumeTrue(Journal.of(target).isPresent());
        Instant changed = Journal.changed(target.resolve("a")).toInstant();
        for (int i = 0; i < 1_000 && !changed.isBefore(journalledAt()); i++) {
            Thread.sleep(5); // the file system's clock may not have ticked since the file was written
            checkout(version);
        }
        assertThat(journalledAt()).isAfter(changed);
        Trust trust = Trust.of(
                Journal.of(target),
                FileQuery.ALL,
                (manifest, query) -> manifests.getOrDefault(manifest, List.of()).iterator());
        FileEntry entry = manifests.get(version.manifest()).get(0);
        assertThat(trust.isRight(entry, target.resolve("a"), RECORDED)).isTrue();
        assertThat(trust.isRight(entry, target.resolve("a"), RECORDED.plusMillis(1)))
                .isFalse();
    }

    private Instant journalledAt() {
        return Journal.of(target).orElseThrow().at();
    }

    @Test
    void whatTheVersionDoesNotHaveIsDeletedOnlyWhenAsked() throws IOException {
        DatasetVersion version =
                version(file("a/x", "1"), file("a-b/x", "1"), file("a.b", "1"), file("z/z/z", "1"), folder("empty"));
        checkout(version);
        Path outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "kept");
        Files.createSymbolicLink(target.resolve("a/out"), outside);
        Files.createDirectories(target.resolve("junk/deep"));
        Files.writeString(target.resolve("junk/deep/1"), "12345");
        Files.writeString(target.resolve("a/extra"), "123");
        Files.writeString(target.resolve("empty/extra"), "1");
        Files.createDirectories(target.resolve("z/z/empty"));

        assertThat(checkout(version).deletedFiles()).isZero();
        assertThat(target.resolve("junk/deep/1")).exists();
        MaterialiseReport report = checkout(version, deleting());
        assertThat(report.deletedFiles()).isEqualTo(4);
        assertThat(report.unchangedFiles()).isEqualTo(5);
        assertThat(tree().keySet())
                .containsExactly("a-b/", "a-b/x", "a.b", "a/", "a/x", "empty/", "z/", "z/z/", "z/z/z");
        assertThat(outside.resolve("kept")).hasContent("kept");
    }

    @Test
    void whatIsInTheWayIsDeletedWhenAsked() throws IOException {
        Path outside = Files.createDirectories(directory.resolve("outside"));
        Files.createDirectories(target.resolve("file/is/folder"));
        Files.writeString(target.resolve("folder"), "is file");
        Files.createSymbolicLink(target.resolve("linked"), outside);
        DatasetVersion version = version(file("file", "1"), file("folder/x", "2"), file("linked/x", "3"), folder("e"));
        checkout(version, deleting());
        assertThat(tree())
                .isEqualTo(
                        Map.of("file", "1", "folder/", "", "folder/x", "2", "linked/", "", "linked/x", "3", "e/", ""));
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void linksAreMadeOnlyInsideAndOnlyWhenAllowed() throws IOException {
        DatasetVersion version = version(file("a/x", "1"), link("a/y", "x"), link("b/c/up", "../../a"));
        assertThatThrownBy(() -> checkout(version))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("a/y");
        checkout(version, linking());
        assertThat(Files.readString(target.resolve("a/y"))).isEqualTo("1");
        assertThat(Files.readString(target.resolve("b/c/up/x"))).isEqualTo("1");
        assertThat(checkout(version, linking()).unchangedFiles()).isEqualTo(3);
        for (String to : List.of("../../x", "/etc/passwd", "y/../../..")) {
            assertThatThrownBy(() -> checkout(version(link("a/bad", to)), linking()))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("a/bad");
            assertThat(Files.exists(target.resolve("a/bad"), LinkOption.NOFOLLOW_LINKS))
                    .isFalse();
        }
    }

    @Test
    void aLinkOfAnotherTargetIsReplacedAndNotFollowed() throws IOException {
        Path outside = Files.writeString(directory.resolve("outside"), "old");
        Files.createDirectories(target);
        Files.createSymbolicLink(target.resolve("a"), outside);
        Files.createSymbolicLink(target.resolve("l"), outside);
        checkout(version(file("a", "new"), link("l", "a")), linking());
        assertThat(outside).hasContent("old");
        assertThat(tree()).isEqualTo(Map.of("a", "new", "l", "-> a"));
    }

    @Test
    void timesAreThoseOfNowWhenAsked() throws IOException {
        MaterialiseOptions options =
                MaterialiseOptions.builder().times(Times.NOW).build();
        checkout(version(file("a", "1")), options);
        assertThat(Files.getLastModifiedTime(target.resolve("a")).toInstant()).isAfter(RECORDED);
        assertThat(checkout(version(file("a", "1"))).unchangedFiles()).isEqualTo(1);
        assertThat(Files.getLastModifiedTime(target.resolve("a")).toInstant()).isEqualTo(RECORDED);
    }

    @Test
    void equalFilesAreAllWritten() throws IOException {
        String large = "0123456789".repeat(200_000);
        DatasetVersion version =
                version(file("1", "x"), file("a/2", "x"), file("b/3", "x"), file("l/1", large), file("l/2", large));
        assertThat(checkout(version).writtenFiles()).isEqualTo(5);
        assertThat(tree()).containsEntry("b/3", "x").containsEntry("l/1", large).containsEntry("l/2", large);
    }

    @Test
    void whatAKilledCheckoutLeftIsTidied() throws IOException {
        DatasetVersion version = version(file("a/b", "1"), file("c", "1"));
        checkout(version);
        String dead = ".mlops-%d-0123456789abcdef-1.part"
                .formatted(ProcessHandle.current().pid());
        String alive = ".mlops-1-0123456789abcdef-1.part";
        Files.writeString(target.resolve(dead), "part");
        Files.writeString(target.resolve("a/" + dead), "part");
        Files.writeString(target.resolve("a/" + alive), "part");
        checkout(version);
        assertThat(target.resolve(dead)).doesNotExist();
        assertThat(target.resolve("a/" + dead)).doesNotExist();
        assertThat(target.resolve("a/" + alive).toFile().exists())
                .isEqualTo(ProcessHandle.of(1).isPresent());
    }

    @Test
    void aDamagedFileIsNamedAndNotWritten() throws IOException {
        DatasetVersion version = version(file("good", "good"), file("bad", "to be damaged"));
        contents.damage("to be damaged");
        assertThatThrownBy(() -> checkout(version))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("'bad' of p/d:V001");
        assertThat(target.resolve("bad")).doesNotExist();
        assertThat(tree().keySet()).noneMatch(name -> name.contains(".part"));
    }

    @Test
    void aCancelledCheckoutGoesOnWhereItStopped() throws IOException {
        List<FileEntry> files = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            files.add(file("f/" + i, "file " + i));
        }
        DatasetVersion version = version(files.toArray(FileEntry[]::new));
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        assertThatThrownBy(() -> checkout(
                        version,
                        MaterialiseOptions.builder().cancellation(cancellation).build()))
                .isInstanceOf(CancelledException.class);
        for (int i = 0; i < 50; i++) {
            Files.createDirectories(target.resolve("f"));
            Files.writeString(target.resolve("f/" + i), "file " + i);
        }
        MaterialiseReport report = checkout(version);
        assertThat(report.unchangedFiles()).isEqualTo(50);
        assertThat(report.writtenFiles()).isEqualTo(150);
    }

    @Test
    void aReadOnlyFileIsReplaced() throws IOException {
        checkout(version(file("a", "1")));
        Files.setPosixFilePermissions(target.resolve("a"), PosixFilePermissions.fromString("r--r--r--"));
        checkout(version(file("a", "2")));
        assertThat(tree()).containsEntry("a", "2");
        Files.writeString(target.resolve("a"), "3", StandardOpenOption.WRITE);
    }

    @Test
    void aSecondCheckoutSharesItsBytesThroughTheCache() throws IOException {
        MaterialiseOptions options = MaterialiseOptions.builder()
                .sharing(MaterialiseOptions.Sharing.HARD_LINKS)
                .build();
        String large = "0123456789".repeat(200_000);
        DatasetVersion version = version(file("a/x", "1"), file("b", "1"), file("c", "22"), file("large", large));
        assertThat(checkout(version, options).linkedFiles()).isEqualTo(4);
        Path first = target;
        target = directory.resolve("second");
        assertThat(checkout(version, options))
                .isEqualTo(new MaterialiseReport(0, 0, 4, 4 + large.length(), 0, 0, 0, 0));
        assertThat(tree()).isEqualTo(Map.of("a/", "", "a/x", "1", "b", "1", "c", "22", "large", large));
        assertThat(Files.getAttribute(target.resolve("large"), "unix:ino"))
                .isEqualTo(Files.getAttribute(first.resolve("large"), "unix:ino"));
        assertThat(Files.getPosixFilePermissions(target.resolve("c")))
                .noneMatch(right -> right.name().endsWith("WRITE"));
        assertThat(checkout(version, options).unchangedFiles()).isEqualTo(4);

        assertThat(checkout(version(file("c", "33"))).writtenFiles()).isEqualTo(1);
        assertThat(first.resolve("c")).hasContent("22");
        assertThat(checkout(version).writtenFiles()).isEqualTo(1);
        for (String name : List.of("a/x", "c", "large")) {
            assertThat(cache.get()
                            .verify(manifests.get(version.manifest()).stream()
                                    .filter(entry -> entry.path().equals(name))
                                    .findFirst()
                                    .orElseThrow()
                                    .sha256()))
                    .isTrue();
        }
    }
}
