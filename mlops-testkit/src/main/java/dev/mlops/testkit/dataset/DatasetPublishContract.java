package dev.mlops.testkit.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishing versions, as every {@link DatasetStore} does it. Say which store to use. */
public abstract class DatasetPublishContract {
    @TempDir
    private Path directory;

    private DatasetStore datasets;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected DatasetPublishContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeProject() {
        datasets = mlops().projects().create(Scene.freshName()).datasets();
    }

    @Test
    void aDirectoryBecomesAVersion() throws IOException {
        TestFiles files = new TestFiles()
                .with("train/0.txt", "zero")
                .with("train/deep/er/1.txt", "one")
                .with("empty.bin", "")
                .with(".hidden", "h")
                .with("name with spaces & $.csv", "a,b")
                .with("large.bin", TestFiles.large());
        Files.createDirectories(directory.resolve("nothing/in/here"));

        DatasetVersion version = datasets.publish("digits", files.writeTo(directory), PublishOptions.message("first"));

        assertThat(version.name()).isEqualTo("V001");
        assertThat(version.message()).isEqualTo("first");
        assertThat(version.files()).as("an empty folder counts").isEqualTo(7);
        assertThat(version.bytes()).isEqualTo(files.totalBytes());
        List<FileEntry> entries = datasets.files(version).toList();
        assertThat(entries)
                .filteredOn(entry -> entry.kind() == FileKind.FOLDER)
                .extracting(FileEntry::path)
                .containsExactly("nothing/in/here");
        List<FileEntry> regular =
                entries.stream().filter(entry -> entry.kind() == FileKind.FILE).toList();
        assertThat(regular).extracting(FileEntry::path).isEqualTo(files.paths());
        for (FileEntry entry : regular) {
            byte[] bytes = files.bytes(entry.path());
            assertThat(entry.size()).isEqualTo(bytes.length);
            assertThat(entry.sha256()).isEqualTo(Sha256.of(bytes));
            assertThat(TestFiles.read(datasets, version, entry.path())).isEqualTo(bytes);
        }
    }

    @Test
    void aDirectoryAndItsFilesOneByOneGiveEqualManifests() throws IOException {
        TestFiles files = TestFiles.many(300);
        DatasetVersion fromDirectory = datasets.publish(
                "a",
                files.writeTo(directory),
                PublishOptions.builder().ignoreModificationTimes().build());
        DatasetVersion fromFiles = files.publish(datasets, "b");

        assertThat(fromFiles.manifest()).isEqualTo(fromDirectory.manifest());
        assertThat(files.with("one", "more").publish(datasets, "b").manifest()).isNotEqualTo(fromFiles.manifest());
    }

    @Test
    void mediaTypesComeFromNamesAndBytes() {
        byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
        DatasetVersion version = new TestFiles()
                .with("0", png)
                .with("1.csv", "a,b\n")
                .with("2.json", "{}")
                .with("3.bin", new byte[] {0, 1, 2, -1})
                .publish(datasets, "types");

        assertThat(datasets.files(version).map(FileEntry::mediaType).toList())
                .containsExactly("image/png", "text/csv", "application/json", "application/octet-stream");
    }

    @Test
    void versionsAreNumberedAndEachHasTheOneBeforeAsParent() {
        TestFiles files = new TestFiles().with("a", "1");
        DatasetVersion first = files.publish(datasets, "digits");
        DatasetVersion gold = files.publish(
                datasets, "digits", PublishOptions.builder().versionName("V003").build());
        DatasetVersion third = files.publish(datasets, "digits");

        assertThat(first.parentId()).isNull();
        assertThat(gold.parentId()).isEqualTo(first.id());
        assertThat(third.parentId()).isEqualTo(gold.id());
        assertThat(List.of(first.ordinal(), gold.ordinal(), third.ordinal())).containsExactly(1L, 2L, 3L);
        assertThat(third.name()).as("V003 is taken").isEqualTo("V004");
        Dataset dataset = datasets.find("digits").orElseThrow();
        assertThat(dataset.currentVersionId()).isEqualTo(third.id());
        assertThat(dataset.id()).isEqualTo(first.datasetId());
    }

    @Test
    void aVersionNameIsTakenOnce() {
        PublishOptions gold = PublishOptions.builder().versionName("gold").build();
        TestFiles files = new TestFiles().with("a", "1");
        files.publish(datasets, "digits", gold);

        assertThatThrownBy(() -> files.publish(datasets, "digits", gold))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("gold");
        assertThat(files.publish(datasets, "other", gold).name()).isEqualTo("gold");
    }

    @Test
    void writersAtOnceAllSucceedWithVersionsOfTheirOwn() throws Exception {
        List<Callable<DatasetVersion>> writers = IntStream.range(0, 6)
                .mapToObj(i -> (Callable<DatasetVersion>)
                        () -> new TestFiles().with("a-" + i, "writer").publish(datasets, "new"))
                .toList();
        List<DatasetVersion> versions = Together.run(writers);

        assertThat(versions).extracting(DatasetVersion::ordinal).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(versions)
                .extracting(DatasetVersion::name)
                .containsExactlyInAnyOrder("V001", "V002", "V003", "V004", "V005", "V006");
        List<DatasetVersion> listed = datasets.versions("new").toList();
        assertThat(listed.get(0)).isEqualTo(datasets.version("new"));
        for (int i = 0; i + 1 < listed.size(); i++) {
            assertThat(listed.get(i).parentId()).isEqualTo(listed.get(i + 1).id());
        }
    }

    @Test
    void ofWritersAtOnceOneGetsAName() throws Exception {
        PublishOptions gold = PublishOptions.builder().versionName("gold").build();
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TestFiles files = new TestFiles().with("a", "writer " + i);
            writers.add(() -> {
                try {
                    files.publish(datasets, "new", gold);
                    return true;
                } catch (AlreadyExistsException e) {
                    return false;
                }
            });
        }
        assertThat(Together.run(writers)).containsOnlyOnce(true);
        assertThat(datasets.versions("new").toList()).hasSize(1);
    }

    @Test
    void aPublishWithAKeyHappensOnce() throws Exception {
        PublishOptions options = PublishOptions.builder()
                .idempotencyKey(IdempotencyKey.of("k1"))
                .message("once")
                .split(Split.ratio("train", 0.5))
                .build();
        TestFiles files = new TestFiles().with("a", "1");
        List<DatasetVersion> versions = Together.run(
                Collections.nCopies(3, (Callable<DatasetVersion>) () -> files.publish(datasets, "digits", options)));
        Iterator<FileSource> untouched = new Iterator<>() {
            @Override
            public boolean hasNext() {
                throw new IllegalStateException("the files are not needed");
            }

            @Override
            public FileSource next() {
                throw new IllegalStateException("the files are not needed");
            }
        };

        assertThat(versions).containsOnly(versions.get(0));
        assertThat(datasets.publish("digits", untouched, options)).isEqualTo(versions.get(0));
        assertThat(datasets.versions("digits").toList()).hasSize(1);
        PublishOptions other = PublishOptions.builder()
                .idempotencyKey(IdempotencyKey.of("k1"))
                .message("other")
                .build();
        assertThatThrownBy(() -> files.publish(datasets, "digits", other))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("k1");
    }

    @Test
    void aDirectoryThatIsNoneOrHoldsNothingIsRefused() throws IOException {
        Path none = directory.resolve("none");
        assertRefused(none, "none");
        assertRefused(Files.writeString(directory.resolve("file"), "x"), "file");
        Path empty = Files.createDirectories(directory.resolve("empty/of/files"));
        assertRefused(empty, "");
        assertThatThrownBy(() -> datasets.publish("digits", Collections.emptyIterator(), PublishOptions.defaults()))
                .isInstanceOf(InvalidInputException.class);
        assertThat(datasets.find("digits")).isEmpty();
    }

    private void assertRefused(Path source, String... said) {
        assertThatThrownBy(() -> datasets.publish("digits", source, PublishOptions.defaults()))
                .isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(List.of(said)));
        assertThat(datasets.find("digits")).as("nothing is left of it").isEmpty();
    }

    @Test
    void symbolicLinksAreRefusedWhereverTheyPoint() throws IOException {
        new TestFiles().with("data/a.txt", "a").with("secret.txt", "s").writeTo(directory);
        Path data = directory.resolve("data");
        for (String target : List.of("../secret.txt", "a.txt", "..", "gone", "/etc")) {
            Path link = Files.createSymbolicLink(data.resolve("link"), Path.of(target));
            assertRefused(data, "link", "symbolic link");
            Files.delete(link);
        }
        assertThat(datasets.publish("digits", data, PublishOptions.defaults()).files())
                .isEqualTo(1);
    }

    @Test
    void specialFilesAreRefused() throws Exception {
        new TestFiles().with("a.txt", "a").writeTo(directory);
        Path pipe = directory.resolve("pipe");
        try {
            Assumptions.assumeTrue(
                    new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no named pipes here");
        } catch (IOException e) {
            Assumptions.abort("no mkfifo here");
        }
        assertRefused(directory, "pipe");
    }

    @Test
    void fileNamesThatWouldNotTravelAreRefused() throws IOException {
        for (String name : List.of("a\nb", "a\\b", "a\u0007b")) {
            Path folder = Files.createDirectories(directory.resolve("" + name.hashCode()));
            try {
                Files.writeString(folder.resolve(name), "x");
            } catch (IOException | InvalidPathException e) {
                continue;
            }
            assertRefused(folder, "file in directory");
        }
        assertThatThrownBy(
                        () -> new TestFiles().with("half \ud83c of a pair", "x").publish(datasets, "digits"))
                .isInstanceOf(InvalidInputException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "a/Data.csv, a/data.csv",
        "ÄRGER, ärger",
        "caf\u00e9, cafe\u0301",
        "CAF\u00c9/x, cafe\u0301/x",
        "a, a/b",
        "A, a/b",
        "x/y/z, x/Y",
    })
    void pathsThatCollideOnSomeFileSystemAreRefusedWithBothNamed(String one, String two) {
        for (List<String> order : List.of(List.of(one, two), List.of(two, one))) {
            Iterator<FileSource> files =
                    order.stream().map(path -> FileSource.of(path, new byte[1])).iterator();
            assertThatThrownBy(() -> datasets.publish("digits", files, PublishOptions.defaults()))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(one)
                    .hasMessageContaining(two);
        }
        assertThat(datasets.find("digits")).isEmpty();
    }

    @Test
    void aPathThatComesTwiceIsRefused() {
        FileSource file = FileSource.of("a", new byte[1]);
        assertThatThrownBy(() -> datasets.publish("digits", List.of(file, file).iterator(), PublishOptions.defaults()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'a'");
    }

    @Test
    void foldersThatDifferInCaseOnlyAreNoCollision() {
        DatasetVersion version =
                new TestFiles().with("A/x", "1").with("a/y", "2").publish(datasets, "digits");
        assertThat(version.files()).isEqualTo(2);
    }

    @Test
    void aFileThatFailsLeavesNoVersion() {
        List<FileSource> files = List.of(
                FileSource.of("good", new byte[] {1}),
                new FileSource("bad", TestBodies.failing(10, new byte[5], "the line is dead")));
        assertThatThrownBy(() -> datasets.publish("digits", files.iterator(), PublishOptions.defaults()))
                .isInstanceOf(MlopsException.class)
                .hasMessageContaining("bad")
                .hasMessageContaining("the line is dead");
        assertThat(datasets.find("digits")).isEmpty();
    }

    @Test
    void whatAnIteratorThrowsComesThrough() {
        Iterator<FileSource> files = Stream.of(1, 2, 3)
                .map(i -> {
                    if (i == 3) {
                        throw new IllegalStateException("no more");
                    }
                    return FileSource.of("f" + i, new byte[i]);
                })
                .iterator();
        assertThatThrownBy(() -> datasets.publish("digits", files, PublishOptions.defaults()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no more");
        assertThat(datasets.find("digits")).isEmpty();
    }

    @Test
    void aFileThatVanishesWhileItsDirectoryIsReadIsToldClearly() throws IOException {
        TestFiles files = TestFiles.many(300).with("a-large", TestFiles.large());
        files.writeTo(directory);
        Path last = directory.resolve("dir-6/00027.txt");
        PublishOptions deleting =
                PublishOptions.builder().progress(progress -> delete(last)).build();
        DatasetVersion version;
        try {
            version = datasets.publish("digits", directory, deleting);
        } catch (ConflictException e) {
            assertThat(e).hasMessageContaining("00027.txt");
            assertThat(datasets.find("digits")).isEmpty();
            return;
        }
        assertThat(paths(version))
                .as("it was read before, or never seen")
                .isIn(files.paths(), files.without("dir-6/00027.txt").paths());
    }

    private List<String> paths(DatasetVersion version) {
        return datasets.files(version).map(FileEntry::path).toList();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aBodyThatChangesWhileItIsStoredGivesAnErrorOrWhatWasRead() {
        byte[] first = TestFiles.large();
        ObjectBody changing = new ObjectBody() {
            private final AtomicInteger opened = new AtomicInteger();

            @Override
            public long length() {
                return first.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(opened.getAndIncrement() == 0 ? first : new byte[first.length]);
            }
        };
        DatasetVersion version;
        try {
            Iterator<FileSource> files = List.of(new FileSource("a", changing)).iterator();
            version = datasets.publish("digits", files, PublishOptions.defaults());
        } catch (ConflictException e) {
            assertThat(e).hasMessageContaining("'a'").hasMessageContaining("changed");
            return;
        }
        assertThat(TestFiles.read(datasets, version, "a")).isEqualTo(first);
    }

    @Test
    void aCancelledPublishLeavesNoVersion() {
        Cancellation cancellation = new Cancellation();
        Iterator<FileSource> endless = Stream.iterate(0, i -> i + 1)
                .map(i -> {
                    if (i == 50) {
                        cancellation.cancel();
                    }
                    return FileSource.of("f" + i, ("file " + i).getBytes(StandardCharsets.UTF_8));
                })
                .iterator();
        assertThatThrownBy(() -> datasets.publish(
                        "digits",
                        endless,
                        PublishOptions.builder().cancellation(cancellation).build()))
                .isInstanceOf(CancelledException.class);
        assertThat(datasets.find("digits")).isEmpty();
        assertThat(new TestFiles()
                        .with("f1", "file 1")
                        .publish(datasets, "digits")
                        .name())
                .isEqualTo("V001");
    }

    @Test
    void progressEndsWithTheTotals() {
        List<Progress> told = Collections.synchronizedList(new ArrayList<>());
        String unique = UUID.randomUUID().toString();
        TestFiles files = new TestFiles().with("same", unique + 1);
        for (int i = 0; i < 100; i++) {
            files.with("f" + i, unique + i);
        }
        PublishOptions options = PublishOptions.builder().progress(told::add).build();
        files.publish(datasets, "digits", options);

        long bytes = files.totalBytes();
        assertThat(told.get(told.size() - 1).elapsed()).isPositive();
        assertThat(told.get(told.size() - 1).elapsed(Duration.ZERO))
                .isEqualTo(new Progress(101, 101, bytes, bytes, bytes - unique.length() - 1));
        assertThat(told).isSortedAccordingTo(Comparator.comparingLong(Progress::doneItems));
        told.clear();
        files.publish(datasets, "digits", options);
        assertThat(told.get(told.size() - 1).newBytes()).as("all is there").isZero();
    }

    @Test
    void progressTellsHowMuchOfALargeFileIsNew() {
        List<Progress> told = Collections.synchronizedList(new ArrayList<>());
        PublishOptions options = PublishOptions.builder().progress(told::add).build();
        byte[] large = TestBodies.noise(20_000_000, UUID.randomUUID().hashCode());
        new TestFiles().with("large", large).publish(datasets, "digits", options);
        assertThat(told.get(told.size() - 1).newBytes()).isEqualTo(large.length);
        told.clear();
        Arrays.fill(large, 10_000_000, 10_000_010, (byte) 1);

        new TestFiles().with("large", large).publish(datasets, "digits", options);

        assertThat(told.get(told.size() - 1).doneBytes()).isEqualTo(large.length);
        assertThat(told.get(told.size() - 1).newBytes()).as("a few chunks").isBetween(10L, 4_000_000L);
    }

    @Test
    void aProgressListenerThatThrowsEndsThePublish() {
        PublishOptions options = PublishOptions.builder()
                .progress(progress -> {
                    throw new IllegalStateException("enough");
                })
                .build();
        assertThatThrownBy(() -> TestFiles.many(10).publish(datasets, "digits", options))
                .hasMessage("enough");
        assertThat(datasets.find("digits")).isEmpty();
    }

    @Test
    void aRatioSplitMeetsItsSharesAboutAndIsSummedUp() {
        TestFiles files = TestFiles.many(1000);
        DatasetVersion version = files.publish(
                datasets,
                "digits",
                PublishOptions.builder()
                        .split(Split.ratio("train", 0.7).and("val", 0.2).seed(42))
                        .build());

        assertThat(version.splits()).extracting(SplitSummary::name).containsExactly("train", "val");
        assertThat(version.splits().get(0).files()).isBetween(640L, 760L);
        assertThat(version.splits().get(1).files()).isBetween(150L, 250L);
        for (SplitSummary split : version.splits()) {
            List<FileEntry> entries =
                    datasets.files(version, FileQuery.split(split.name())).toList();
            assertThat(entries)
                    .hasSize((int) split.files())
                    .allMatch(entry -> split.name().equals(entry.split()));
            assertThat(entries.stream().mapToLong(FileEntry::size).sum()).isEqualTo(split.bytes());
        }
        assertThat(datasets.files(version).stream().filter(entry -> entry.split() == null))
                .hasSizeBetween(60, 140);
    }

    @Test
    void filesStayInTheirSplitWhenOthersAreAdded() {
        PublishOptions options = PublishOptions.builder()
                .split(Split.ratio("train", 0.5).and("test", 0.5).seed(7))
                .build();
        DatasetVersion few = TestFiles.many(100).publish(datasets, "digits", options);
        DatasetVersion many = TestFiles.many(400).publish(datasets, "digits", options);

        Map<String, String> before = splitsByPath(few);
        Map<String, String> after = splitsByPath(many);
        assertThat(after).containsAllEntriesOf(before).hasSize(400);
        PublishOptions otherSeed = PublishOptions.builder()
                .split(Split.ratio("train", 0.5).and("test", 0.5).seed(8))
                .build();
        assertThat(splitsByPath(TestFiles.many(100).publish(datasets, "digits", otherSeed)))
                .isNotEqualTo(before);
    }

    private Map<String, String> splitsByPath(DatasetVersion version) {
        Map<String, String> splits = new HashMap<>();
        datasets.files(version).forEach(entry -> splits.put(entry.path(), String.valueOf(entry.split())));
        return splits;
    }

    @Test
    void aSplitByPathTakesTheFirstGlobThatMatches() {
        DatasetVersion version = new TestFiles()
                .with("train/a.png", "1")
                .with("test/b.png", "2")
                .with("test/deep/c.png", "3")
                .with("README.md", "4")
                .publish(
                        datasets,
                        "digits",
                        PublishOptions.builder()
                                .split(Split.byPath("test", "test/**")
                                        .and("train", "**.png")
                                        .and("none", "x*"))
                                .build());

        assertThat(splitsByPath(version))
                .isEqualTo(Map.of(
                        "train/a.png", "train", "test/b.png", "test", "test/deep/c.png", "test", "README.md", "null"));
        assertThat(version.splits())
                .containsExactly(
                        new SplitSummary("test", 2, 2),
                        new SplitSummary("train", 1, 1),
                        new SplitSummary("none", 0, 0));
    }
}
