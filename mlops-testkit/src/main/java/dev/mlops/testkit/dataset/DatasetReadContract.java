package dev.mlops.testkit.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetSummary;
import dev.mlops.api.dataset.DatasetSummary.TypeCount;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.dataset.MaterialiseOptions;
import dev.mlops.api.dataset.MaterialiseReport;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Sample;
import dev.mlops.api.dataset.SampleOptions;
import dev.mlops.api.dataset.Samples;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitLabel;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.testkit.fixture.Scene;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading versions, as every {@link DatasetStore} does it. Say which store to use. */
public abstract class DatasetReadContract {
    @TempDir
    private Path directory;

    private DatasetStore datasets;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected DatasetReadContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    /**
     * The directory below which the store keeps its bytes, one file for each content whose name ends in its SHA-256, so
     * that tests can damage them; empty, which skips those tests, unless overridden.
     */
    protected Optional<Path> objectDirectory() {
        return Optional.empty();
    }

    @BeforeEach
    void makeProject() {
        datasets = mlops().projects().create(Scene.freshName()).datasets();
    }

    private List<String> paths(DatasetVersion version, FileQuery query) {
        return datasets.files(version, query).map(FileEntry::path).toList();
    }

    @Test
    void filesAreFoundByPrefixGlobAndSplit() {
        DatasetVersion version = new TestFiles()
                .with("train/a.png", "1")
                .with("train/b.txt", "2")
                .with("train-2/c.png", "3")
                .with("test/deep/d.png", "4")
                .with("z", "5")
                .publish(
                        datasets,
                        "digits",
                        PublishOptions.builder()
                                .split(Split.byPath("train", "train/**"))
                                .build());

        assertThat(paths(version, FileQuery.prefix("train")))
                .containsExactly("train-2/c.png", "train/a.png", "train/b.txt");
        assertThat(paths(version, FileQuery.prefix("train/"))).containsExactly("train/a.png", "train/b.txt");
        assertThat(paths(version, FileQuery.prefix("zz"))).isEmpty();
        assertThat(paths(version, FileQuery.prefix("A"))).isEmpty();
        assertThat(paths(version, FileQuery.glob("*/*.png"))).containsExactly("train-2/c.png", "train/a.png");
        assertThat(paths(version, FileQuery.glob("**.{png,txt}"))).hasSize(4);
        assertThat(paths(version, FileQuery.split("train"))).containsExactly("train/a.png", "train/b.txt");
        assertThat(paths(version, new FileQuery("train", "**/[ac].png", "train")))
                .containsExactly("train/a.png");
        assertThat(paths(version, FileQuery.ALL)).hasSize(5);
    }

    @Test
    void aBadGlobAndAnUnknownSplitAreRefused() {
        DatasetVersion version = new TestFiles().with("a", "1").publish(datasets, "digits");
        for (String glob : List.of("[a", "{a", "[z-a]", "a\\")) {
            assertThatThrownBy(() -> paths(version, FileQuery.glob(glob)))
                    .as(glob)
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> paths(version, FileQuery.split("train")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("train");
    }

    @Test
    void filesArePagedInTheOrderOfTheirPaths() {
        TestFiles files = TestFiles.many(700).with("ä", "1").with("\uffee", "2").with("\ud83c\udfaf", "3");
        DatasetVersion version = files.publish(datasets, "digits");
        List<String> paged = new ArrayList<>();
        Page<FileEntry> page = datasets.files(version).page(9);
        page.items().forEach(entry -> paged.add(entry.path()));
        while (page.nextToken().isPresent()) {
            page = datasets.files(version)
                    .page(new PageRequest(9, page.nextToken().get()));
            assertThat(page.items()).isNotEmpty();
            page.items().forEach(entry -> paged.add(entry.path()));
        }

        assertThat(paged).hasSize(703).containsExactlyInAnyOrderElementsOf(files.paths());
        assertThat(paged).endsWith("ä", "\uffee", "\ud83c\udfaf");
        assertThat(paged).isEqualTo(paths(version, FileQuery.ALL));
    }

    @Test
    void aTokenThatIsNotOfTheListIsRefused() {
        DatasetVersion version = TestFiles.many(50).publish(datasets, "digits");
        String token = datasets.files(version).page(10).nextToken().orElseThrow();
        String list = token.substring(0, token.length() - 1);
        for (String bad : List.of("", "x", list, list + "x", token + "0", token + "999999999999", "x" + token)) {
            assertThatThrownBy(() -> datasets.files(version).page(new PageRequest(10, bad)))
                    .as(bad)
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(
                        () -> datasets.files(version, FileQuery.prefix("dir-1")).page(new PageRequest(10, token)))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void everyFileOfAManifestOfSeveralMegabytesIsFoundByItsPath() {
        TestFiles files = new TestFiles();
        String folder = "folder-".repeat(20);
        for (int i = 0; i < 6000; i++) {
            files.with("%s/%05d-%s.txt".formatted(folder, i, "x".repeat(i % 130)), "" + i % 10);
        }
        DatasetVersion version = files.publish(datasets, "big");
        List<String> paths = files.paths();
        for (int i = 0; i < paths.size(); i += 97) {
            String path = paths.get(i);
            assertThat(datasets.file(version, path).path()).isEqualTo(path);
            assertThatThrownBy(() -> datasets.file(version, path + "!")).isInstanceOf(NotFoundException.class);
        }
        String prefix = folder + "/0543";
        assertThat(paths(version, FileQuery.prefix(prefix))).hasSize(10).allMatch(path -> path.startsWith(prefix));
        assertThat(paths(version, FileQuery.ALL)).isEqualTo(paths);
    }

    @Test
    void aFileThatTheVersionDoesNotHaveIsNotFound() {
        DatasetVersion version = new TestFiles().with("a/b", "1").publish(datasets, "digits");
        for (String missing : List.of("a", "a/", "a/b/c", "/a/b", "../a/b", "A/B", "", "x".repeat(5000))) {
            assertThatThrownBy(() -> datasets.file(version, missing))
                    .as(missing)
                    .isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> datasets.open(version, missing)).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void rangesAreReadAndCutAtTheEnd() throws IOException {
        byte[] large = TestFiles.large();
        DatasetVersion version =
                new TestFiles().with("large", large).with("small", "0123456789").publish(datasets, "digits");

        assertThat(range(version, "small", 3, 4)).asString().isEqualTo("3456");
        assertThat(range(version, "small", 8, 100)).asString().isEqualTo("89");
        assertThat(range(version, "small", 10, 5)).isEmpty();
        assertThat(range(version, "small", 0, 0)).isEmpty();
        for (int from : List.of(0, 1, 1024 * 1024 - 1, 1024 * 1024, 3_333_333, large.length - 1)) {
            assertThat(range(version, "large", from, 2_000_000))
                    .isEqualTo(Arrays.copyOfRange(large, from, Math.min(large.length, from + 2_000_000)));
        }
        assertThatThrownBy(() -> datasets.open(version, "small", -1, 5)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> datasets.open(version, "small", 0, -5)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> datasets.open(version, "small", 11, 5)).isInstanceOf(InvalidInputException.class);
    }

    private byte[] range(DatasetVersion version, String path, long offset, long length) throws IOException {
        try (InputStream in = datasets.open(version, path, offset, length)) {
            return in.readAllBytes();
        }
    }

    @Test
    void aVersionIsMaterialised() throws IOException {
        TestFiles files = TestFiles.many(30).with("large", TestFiles.large()).with("empty", "");
        DatasetVersion version = files.publish(datasets, "digits");
        Path target = directory.resolve("new/target");
        datasets.materialise(version, target);

        assertThat(TestFiles.below(target)).isEqualTo(files.digests());
    }

    @Test
    void aCheckoutByGlobAndBySplitWritesTheirFilesOnly() throws IOException {
        TestFiles files = new TestFiles()
                .with("train/a.png", "1")
                .with("train/b.txt", "2")
                .with("train/deep/c.png", "3")
                .with("test/d.png", "4");
        DatasetVersion version = files.publish(
                datasets,
                "digits",
                PublishOptions.builder()
                        .split(Split.byPath("train", "train/**").and("test", "test/**"))
                        .build());
        Path target = directory.resolve("out");

        assertThat(checkout(version, FileQuery.glob("train/*.png"), target)).isEqualTo(1);
        assertThat(TestFiles.below(target)).containsOnlyKeys("train/a.png");
        assertThat(checkout(version, FileQuery.split("train"), target)).isEqualTo(2);
        assertThat(TestFiles.below(target)).containsOnlyKeys("train/a.png", "train/b.txt", "train/deep/c.png");
        assertThat(checkout(version, new FileQuery(null, "**.png", "test"), target))
                .isEqualTo(1);
        assertThat(TestFiles.below(target)).isEqualTo(files.digests());

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> checkout(version, FileQuery.split("validation"), target))
                .withMessageContaining("validation");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> checkout(version, FileQuery.glob("[a"), target));
    }

    private long checkout(DatasetVersion version, FileQuery query, Path target) {
        return datasets.materialise(
                        version,
                        target,
                        MaterialiseOptions.builder().query(query).build())
                .writtenFiles();
    }

    @Test
    void onlyTheFilesThatAQueryMeansAreMaterialised() throws IOException {
        DatasetVersion version = new TestFiles()
                .with("a/1", "1")
                .with("a/2", "2")
                .with("b/1", "3")
                .publish(datasets, "digits");
        Path target = directory.resolve("target");
        datasets.materialise(version, FileQuery.prefix("a/"), target, ProgressListener.NONE, new Cancellation());

        assertThat(TestFiles.below(target)).containsOnlyKeys("a/1", "a/2");
    }

    @Test
    void whatIsRightIsLeftAndWhatIsWrongReplaced() throws IOException {
        TestFiles files =
                new TestFiles().with("right", "right").with("wrong", "wrong").with("short", "short");
        DatasetVersion version = files.publish(datasets, "digits");
        Path target = new TestFiles()
                .with("right", "right")
                .with("wrong", "WRONG")
                .with("short", "s")
                .with("other", "stays")
                .writeTo(directory.resolve("target"));
        FileTime old = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));
        Files.setLastModifiedTime(target.resolve("right"), old);
        List<Progress> told = new ArrayList<>();
        datasets.materialise(version, FileQuery.ALL, target, told::add, new Cancellation());

        assertThat(TestFiles.below(target))
                .isEqualTo(files.with("other", "stays").digests());
        assertThat(Files.getLastModifiedTime(target.resolve("right"))).isEqualTo(old);
        assertThat(told.get(told.size() - 1).elapsed(Duration.ZERO)).isEqualTo(new Progress(3, 3, 15, 15, 10));
    }

    @Test
    void nothingIsWrittenThroughALinkInTheTarget() throws IOException {
        DatasetVersion version =
                new TestFiles().with("a/file", "new").with("b", "new").publish(datasets, "digits");
        Path outside = new TestFiles().with("file", "old").with("b", "old").writeTo(directory.resolve("outside"));
        Path target = Files.createDirectories(directory.resolve("target"));
        Files.createSymbolicLink(target.resolve("b"), outside.resolve("b"));
        Files.createSymbolicLink(target.resolve("a"), outside);

        assertThatThrownBy(() -> datasets.materialise(version, target))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("symbolic link");
        Files.delete(target.resolve("a"));
        datasets.materialise(version, target);
        assertThat(Files.readString(outside.resolve("file"))).isEqualTo("old");
        assertThat(Files.readString(outside.resolve("b"))).isEqualTo("old");
        assertThat(Files.readString(target.resolve("b"))).isEqualTo("new");
        assertThat(target.resolve("b")).isRegularFile().matches(path -> !Files.isSymbolicLink(path));
    }

    @Test
    void whatStandsInTheWayInTheTargetIsNamed() throws IOException {
        DatasetVersion version = new TestFiles().with("a/b", "1").publish(datasets, "digits");
        Path folder = directory.resolve("folder");
        Files.createDirectories(folder.resolve("a/b"));
        assertThatThrownBy(() -> datasets.materialise(version, folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("b");
        Path file = new TestFiles().with("a", "1").writeTo(directory.resolve("file"));
        assertThatThrownBy(() -> datasets.materialise(version, file)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> datasets.materialise(version, file.resolve("a")))
                .isInstanceOf(InvalidInputException.class);
        assertThat(Files.readString(file.resolve("a"))).isEqualTo("1");
    }

    @Test
    void aCancelledMaterialisationLeavesWholeFilesOnly() throws IOException {
        TestFiles files = TestFiles.many(50);
        DatasetVersion version = files.publish(datasets, "digits");
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        Path target = directory.resolve("target");
        assertThatThrownBy(
                        () -> datasets.materialise(version, FileQuery.ALL, target, ProgressListener.NONE, cancellation))
                .isInstanceOf(CancelledException.class);
        assertThat(files.digests().entrySet())
                .containsAll(TestFiles.below(target).entrySet());
        assertThatThrownBy(() -> datasets.verify(version, ProgressListener.NONE, cancellation))
                .isInstanceOf(CancelledException.class);
    }

    @Test
    void aDiffSaysWhatWasAddedRemovedAndChanged() {
        TestFiles files = TestFiles.many(100);
        DatasetVersion from = files.with("gone", "1").with("changed", "1").publish(datasets, "digits");
        DatasetVersion to = files.without("gone")
                .with("changed", "2")
                .with("A-new", "3")
                .with("z-new", "4")
                .publish(datasets, "digits");

        DatasetDiff diff = datasets.diff(from, to);
        assertThat(diff.added()).extracting(FileEntry::path).containsExactly("A-new", "z-new");
        assertThat(diff.removed()).extracting(FileEntry::path).containsExactly("gone");
        assertThat(diff.changed()).containsExactly(datasets.file(to, "changed"));
        assertThat(diff.unchanged()).isEqualTo(100);
        assertThat(datasets.diff(to, from).added()).extracting(FileEntry::path).containsExactly("gone");
        assertThat(datasets.diff(to, to))
                .isEqualTo(new DatasetDiff(List.of(), List.of(), List.of(), List.of(), 103, 0, 0));
    }

    @Test
    void aSoundVersionIsVerifiedWithProgress() {
        TestFiles files = TestFiles.many(60).with("large", TestFiles.large());
        DatasetVersion version = files.publish(datasets, "digits");
        List<Progress> told = new ArrayList<>();
        datasets.verify(version, told::add, new Cancellation());

        long bytes = files.totalBytes();
        assertThat(told.get(told.size() - 1).elapsed(Duration.ZERO)).isEqualTo(new Progress(61, 61, bytes, bytes, 0));
    }

    @Test
    void damagedAndMissingFilesAreAllNamed() throws IOException {
        TestFiles files = TestFiles.many(20).with("flipped", "flip me").with("lost", "lose me");
        DatasetVersion version = files.publish(datasets, "digits");
        packs().flip("flip me");
        packs().flip("lose me");

        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> datasets.verify(version, ProgressListener.NONE, new Cancellation()))
                .withMessageContaining("flipped")
                .withMessageContaining("lost")
                .withMessageContaining("2 of 22");
        assertThatThrownBy(() -> TestFiles.read(datasets, version, "flipped"))
                .hasRootCauseInstanceOf(IntegrityException.class);
        assertThatThrownBy(() -> TestFiles.read(datasets, version, "lost"))
                .hasRootCauseInstanceOf(IntegrityException.class);
        Path target = directory.resolve("target");
        assertThatThrownBy(() -> datasets.materialise(
                        version, FileQuery.prefix("flipped"), target, ProgressListener.NONE, new Cancellation()))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("flipped");
        assertThat(TestFiles.below(target)).isEmpty();
        assertThat(TestFiles.read(datasets, version, "dir-0/00000.txt")).isEqualTo(files.bytes("dir-0/00000.txt"));
    }

    @Test
    void aDamagedManifestIsRefused() throws IOException {
        String unique = UUID.randomUUID().toString();
        List<Path> before = packs().all();
        DatasetVersion version = new TestFiles().with("unique", unique).publish(datasets, "digits");
        packs().flipAllBut(before); // other tests share the store, but nothing that is stored for this version

        assertThatThrownBy(() -> datasets.verify(version, ProgressListener.NONE, new Cancellation()))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("manifest");
    }

    private StoredPacks packs() {
        Optional<Path> objects = objectDirectory();
        Assumptions.assumeTrue(objects.isPresent(), "the store's bytes cannot be reached");
        return new StoredPacks(objects.get());
    }

    @Test
    void theTypesOfTheFilesAreDescribed() {
        DatasetVersion version = new TestFiles()
                .with("a.csv", "a,b\n1,2\n")
                .with("b.csv", "a,b\n3,4\n5,6\n")
                .with("c.txt", "words")
                .publish(datasets, "described");
        DatasetSummary summary = datasets.describe(version);

        assertThat(summary.files()).isEqualTo(version.files());
        assertThat(summary.bytes()).isEqualTo(version.bytes());
        assertThat(summary.types())
                .containsExactly(new TypeCount("text/csv", 2, 20), new TypeCount("text/plain", 1, 5));
    }

    @Test
    void aFileIsReadAtAnyPosition() throws IOException {
        byte[] large = TestFiles.large();
        DatasetVersion version =
                new TestFiles().with("large", large).with("small", "0123456789").publish(datasets, "digits");
        try (SeekableByteChannel channel = datasets.openChannel(version, "large")) {
            assertThat(channel.size()).isEqualTo(large.length);
            for (int from : List.of(3_333_333, 0, large.length - 10, 1024 * 1024 - 5, 1, large.length)) {
                ByteBuffer buffer = ByteBuffer.allocate(100_000);
                channel.position(from);
                while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                    assertThat(channel.position()).isEqualTo(from + (long) buffer.position());
                }
                assertThat(Arrays.copyOf(buffer.array(), buffer.position()))
                        .isEqualTo(Arrays.copyOfRange(large, from, Math.min(large.length, from + 100_000)));
            }
            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(NonWritableChannelException.class);
        }
        assertThatThrownBy(() -> datasets.openChannel(version, "missing")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void aReportSaysWhatWasDone() throws IOException {
        TestFiles files = TestFiles.many(40).with("large", TestFiles.large());
        DatasetVersion version = files.publish(datasets, "digits");
        Path target = directory.resolve("target");
        long bytes = files.totalBytes();
        assertThat(datasets.materialise(version, target)).isEqualTo(new MaterialiseReport(41, bytes, 0, 0, 0, 0, 0, 0));
        Files.writeString(target.resolve("extra"), "12345");
        MaterialiseOptions options = MaterialiseOptions.builder()
                .extraneous(MaterialiseOptions.Extraneous.DELETE)
                .build();
        assertThat(datasets.materialise(version, target, options))
                .isEqualTo(new MaterialiseReport(0, 0, 0, 0, 41, bytes, 1, 5));
        assertThat(TestFiles.below(target)).isEqualTo(files.digests());
    }

    @Test
    void aDirectoryFollowsTheVersions() throws IOException {
        Path target = directory.resolve("target");
        TestFiles files = TestFiles.many(30).with("changed", "one");
        DatasetVersion first = files.publish(datasets, "digits");
        datasets.materialise(first, target);
        Map<String, String> before = files.digests();
        DatasetVersion second =
                files.with("changed", "two").without("dir-0/00000.txt").publish(datasets, "digits");
        MaterialiseOptions options = MaterialiseOptions.builder()
                .extraneous(MaterialiseOptions.Extraneous.DELETE)
                .build();
        MaterialiseReport forth = datasets.materialise(second, target, options);
        assertThat(TestFiles.below(target)).isEqualTo(files.digests());
        assertThat(forth.writtenFiles()).isEqualTo(1);
        assertThat(forth.deletedFiles()).isEqualTo(1);
        MaterialiseReport back = datasets.materialise(first, target, options);
        assertThat(TestFiles.below(target)).isEqualTo(before);
        assertThat(back.writtenFiles()).isEqualTo(2);
    }

    private static List<String> names(Samples samples) {
        List<String> names = new ArrayList<>();
        samples.forEachRemaining(sample -> names.add(sample.entry().path()));
        return names;
    }

    @Test
    void samplesAreTheSameShuffledFilesEachTime() {
        TestFiles files = TestFiles.many(300).with("large", TestFiles.large());
        DatasetVersion version = files.publish(datasets, "digits");
        SampleOptions options =
                SampleOptions.builder().seed(7).prefetch(20, 100_000).build();
        List<String> order = new ArrayList<>();
        try (Samples samples = datasets.samples(version, options)) {
            assertThat(samples.epochSize()).isEqualTo(301);
            while (samples.hasNext()) {
                Sample sample = samples.next();
                assertThat(sample.bytes()).isEqualTo(files.bytes(sample.entry().path()));
                order.add(sample.entry().path());
                assertThat(samples.position()).isEqualTo(order.size());
            }
            assertThatThrownBy(samples::next).isInstanceOf(NoSuchElementException.class);
        }
        assertThat(order).containsExactlyInAnyOrderElementsOf(files.paths()).isNotEqualTo(files.paths());
        try (Samples again = datasets.samples(version, options);
                Samples other = datasets.samples(
                        version, SampleOptions.builder().seed(8).build())) {
            again.skip(100);
            assertThat(again.next().entry().path()).isEqualTo(order.get(100));
            again.skip(5);
            assertThat(again.position()).isEqualTo(106);
            assertThat(names(again)).isEqualTo(order.subList(106, 301));
            assertThatThrownBy(() -> again.skip(1)).isInstanceOf(InvalidInputException.class);
            assertThat(names(other)).containsExactlyInAnyOrderElementsOf(order).isNotEqualTo(order);
        }
    }

    @Test
    void shardsOfASplitHaveEachOfItsFilesOnce() {
        DatasetVersion version = TestFiles.many(100)
                .publish(
                        datasets,
                        "digits",
                        PublishOptions.builder()
                                .split(Split.ratio("train", 0.7).and("test", 0.3))
                                .build());
        List<String> found = new ArrayList<>();
        for (int shard = 0; shard < 3; shard++) {
            SampleOptions options =
                    SampleOptions.builder().split("train").shard(shard, 3).build();
            try (Samples samples = datasets.samples(version, options)) {
                found.addAll(names(samples));
            }
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(paths(version, FileQuery.split("train")));
        assertThatThrownBy(() -> datasets.samples(version, SampleOptions.split("valid")))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void endlessSamplesBeginNewEpochsUntilClosed() {
        DatasetVersion version = TestFiles.many(10).publish(datasets, "digits");
        SampleOptions options =
                SampleOptions.builder().passes(SampleOptions.Passes.ENDLESS).build();
        Samples samples = datasets.samples(version, options);
        List<String> first = new ArrayList<>();
        List<String> third = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            first.add(samples.next().entry().path());
        }
        samples.skip(10);
        assertThat(samples.epoch()).isEqualTo(2);
        for (int i = 0; i < 10; i++) {
            third.add(samples.next().entry().path());
        }
        assertThat(third).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
        samples.close();
        samples.close();
        assertThatThrownBy(samples::hasNext).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(samples::next).isInstanceOf(UnavailableException.class);
        try (Samples later =
                datasets.samples(version, SampleOptions.builder().epoch(2).build())) {
            assertThat(names(later)).isEqualTo(third);
        }
    }

    @Test
    void filesAreSplitByLabel() {
        StringBuilder csv = new StringBuilder("path,label\n");
        TestFiles files = new TestFiles();
        for (int i = 0; i < 30; i++) {
            files.with("%s/%02d.txt".formatted(i % 3 == 0 ? "cats" : "dogs", i), "animal " + i);
            csv.append("%s/%02d.txt,%d\n".formatted(i % 3 == 0 ? "cats" : "dogs", i, i % 5));
        }
        files.with("labels.csv", csv.toString());
        Split.Stratified byFolder =
                Split.stratified(SplitLabel.folder()).and("train", 0.8).and("test", 0.2);
        DatasetVersion version = files.publish(
                datasets, "animals", PublishOptions.builder().split(byFolder).build());
        assertThat(paths(version, new FileQuery("cats/", null, "test"))).hasSize(2);
        assertThat(paths(version, new FileQuery("dogs/", null, "test"))).hasSize(4);
        Split byColumn = Split.stratified(SplitLabel.column("labels.csv", "path", "label"))
                .and("train", 0.5)
                .and("test", 0.5);
        DatasetVersion other = files.publish(
                datasets, "other", PublishOptions.builder().split(byColumn).build());
        assertThat(paths(other, FileQuery.split("test"))).hasSize(15);
        assertThat(datasets.file(other, "labels.csv").split()).isNull();
    }
}
