package dev.mlops.testkit.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.LinkPolicy;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.PublishPreview;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitLabel;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.object.MapObjectStore;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the files of a version may come from, and what of them is taken. Say which store to use. */
public abstract class DatasetSourcesContract {
    private static final PublishOptions PLAIN =
            PublishOptions.builder().ignoreModificationTimes().build();

    @TempDir
    private Path directory;

    private DatasetStore datasets;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected DatasetSourcesContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeProject() {
        datasets = mlops().projects().create(Scene.freshName()).datasets();
    }

    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private List<String> paths(DatasetVersion version) {
        return datasets.files(version).map(FileEntry::path).toList();
    }

    @Test
    void anArchiveGivesTheVersionThatItsFilesWouldGive() throws IOException {
        Map<String, byte[]> entries = Map.of(
                "z/1.txt", "one".getBytes(StandardCharsets.UTF_8),
                "a.bin", TestFiles.large(),
                "none", new byte[0]);
        byte[] zip = zip(entries);
        Path file = Files.write(directory.resolve("no-name-that-tells"), zip);
        TestFiles files = new TestFiles();
        entries.forEach(files::with);

        DatasetVersion fromFiles = files.publish(datasets, "files");
        DatasetVersion fromDisk = datasets.publishArchive("archive", file, PLAIN);
        DatasetVersion fromStream = datasets.publishArchive("archive", new ByteArrayInputStream(zip), PLAIN);

        assertThat(paths(fromDisk)).containsExactly("a.bin", "none", "z/1.txt");
        assertThat(fromDisk.manifest()).isEqualTo(fromFiles.manifest());
        assertThat(fromStream.manifest()).isEqualTo(fromFiles.manifest());
        assertThat(TestFiles.read(datasets, fromStream, "a.bin")).isEqualTo(TestFiles.large());
    }

    @Test
    void aHostileArchiveLeavesNothing() throws IOException {
        byte[] good = zip(Map.of("a", TestBodies.noise(5_000, 1)));
        byte[] bomb = zip(Map.of("zeros", new byte[30 << 20]));
        for (byte[] archive : List.of(
                zip(Map.of("../a", new byte[1])),
                zip(Map.of("/a", new byte[1])),
                zip(Map.of("a", new byte[1], "A", new byte[1])),
                Arrays.copyOf(good, good.length - 1),
                bomb,
                TestBodies.noise(1_000, 2))) {
            Path file = Files.write(directory.resolve("archive"), archive);
            assertThatThrownBy(() -> datasets.publishArchive("digits", file, PLAIN))
                    .isInstanceOf(InvalidInputException.class);
            InputStream stream = new ByteArrayInputStream(archive);
            assertThatThrownBy(() -> datasets.publishArchive("digits", stream, PLAIN))
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThat(datasets.find("digits")).isEmpty();
    }

    @Test
    void objectsBelowAPrefixBecomeAVersion() {
        MapObjectStore objects = new MapObjectStore()
                .with("data/b.txt", new byte[] {1})
                .with("data/a/c.txt", TestBodies.noise(2_000_000, 3))
                .with("database", new byte[] {2})
                .with("twice/X", new byte[] {1})
                .with("twice/x", new byte[] {1});

        DatasetVersion version = datasets.publish("digits", objects, "data", PublishOptions.defaults());

        assertThat(paths(version)).containsExactly("a/c.txt", "b.txt");
        assertThat(TestFiles.read(datasets, version, "a/c.txt")).isEqualTo(TestBodies.noise(2_000_000, 3));
        assertThatThrownBy(() -> datasets.publish("digits", objects, "twice", PublishOptions.defaults()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("only in case");
        assertThatThrownBy(() -> datasets.publish("digits", objects, "nothing", PublishOptions.defaults()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nothing");
    }

    @Test
    void onlyWhatIsIncludedAndNotExcludedIsTaken() throws IOException {
        TestFiles files = new TestFiles()
                .with("a.png", "1")
                .with("b.txt", "2")
                .with("cache/c.png", "3")
                .with("deep/d.png", "4");
        PublishOptions options = PublishOptions.builder()
                .include("**.png")
                .exclude("cache")
                .ignoreModificationTimes()
                .build();

        DatasetVersion fromDirectory = datasets.publish("digits", files.writeTo(directory.resolve("x")), options);
        DatasetVersion fromFiles = files.publish(datasets, "digits", options);

        assertThat(paths(fromDirectory)).containsExactly("a.png", "deep/d.png");
        assertThat(fromFiles.manifest()).isEqualTo(fromDirectory.manifest());
        assertThatThrownBy(() -> files.publish(
                        datasets,
                        "digits",
                        PublishOptions.builder().include("nothing").build()))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> files.publish(
                        datasets,
                        "digits",
                        PublishOptions.builder().exclude("[").build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("exclude");
    }

    @Test
    void linksAreRecordedOrSkippedAsTold() throws IOException {
        new TestFiles().with("a.txt", "a").writeTo(directory);
        Files.createSymbolicLink(directory.resolve("link"), Path.of("a.txt"));

        DatasetVersion skipped = datasets.publish(
                "digits",
                directory,
                PublishOptions.builder().links(LinkPolicy.SKIP).build());
        DatasetVersion recorded = datasets.publish(
                "digits",
                directory,
                PublishOptions.builder().links(LinkPolicy.RECORD).build());

        assertThat(paths(skipped)).containsExactly("a.txt");
        FileEntry link = datasets.file(recorded, "link");
        assertThat(link.kind()).isEqualTo(FileKind.LINK);
        assertThat(TestFiles.read(datasets, recorded, "link")).isEqualTo("a.txt".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void timesAreKeptUnlessTheOptionsSayOtherwise() throws IOException {
        Instant time = Instant.parse("2011-12-13T14:15:16.789Z");
        new TestFiles().with("a.txt", "a").writeTo(directory);
        Files.setLastModifiedTime(directory.resolve("a.txt"), FileTime.from(time));

        DatasetVersion kept = datasets.publish("digits", directory, PublishOptions.defaults());
        DatasetVersion ignored = datasets.publish("digits", directory, PLAIN);

        assertThat(datasets.file(kept, "a.txt").modifiedAt()).isEqualTo(time);
        assertThat(datasets.file(ignored, "a.txt").modifiedAt()).isNull();
    }

    @Test
    void filesThatChangeBetweenPublishesAreAlwaysNoticed() throws Exception {
        new TestFiles().with("a.txt", "old").with("b.txt", "b").writeTo(directory);
        FileTime time = FileTime.from(Instant.parse("2011-12-13T14:15:16Z"));
        Files.setLastModifiedTime(directory.resolve("a.txt"), time);
        Thread.sleep(2_100); // what is younger is always read again
        datasets.publish("digits", directory, PublishOptions.defaults());
        DatasetVersion same = datasets.publish("digits", directory, PublishOptions.defaults());
        assertThat(TestFiles.read(datasets, same, "a.txt")).isEqualTo("old".getBytes(StandardCharsets.UTF_8));

        Files.writeString(directory.resolve("a.txt"), "new");
        Files.setLastModifiedTime(directory.resolve("a.txt"), time);
        DatasetVersion changed = datasets.publish("digits", directory, PublishOptions.defaults());

        assertThat(datasets.diff(same, changed).changed())
                .extracting(FileEntry::path)
                .containsExactly("a.txt");
        assertThat(TestFiles.read(datasets, changed, "a.txt")).isEqualTo("new".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatWasFoundInsideStaysKnownOfFilesThatAreNotReadAgain() throws Exception {
        new TestFiles().with("t.csv", "x,y\n1,2\n3,4\n").with("b.txt", "b").writeTo(directory);
        Thread.sleep(2_100); // what is younger is always read again
        DatasetVersion first = datasets.publish("digits", directory, PublishOptions.defaults());
        DatasetVersion second = datasets.publish("digits", directory, PublishOptions.defaults());

        assertThat(second.manifest()).isEqualTo(first.manifest());
        assertThat(datasets.file(second, "t.csv").facts().rows()).isEqualTo(2);
        assertThat(datasets.describe(second)).isEqualTo(datasets.describe(first));
    }

    @Test
    void filesInAnyOrderAreSplitByWhatTheyAreTogether() throws IOException {
        TestFiles files = TestFiles.many(700);
        PublishOptions options = PublishOptions.builder()
                .split(Split.stratified(SplitLabel.folder())
                        .and("train", 0.8)
                        .and("test", 0.2)
                        .seed(3))
                .ignoreModificationTimes()
                .build();

        DatasetVersion fromDirectory = datasets.publish("a", files.writeTo(directory), options);
        DatasetVersion fromFiles = files.publish(datasets, "b", options);

        assertThat(fromFiles.manifest()).isEqualTo(fromDirectory.manifest());
        assertThat(fromFiles.splits().get(1).files()).isEqualTo(140);
    }

    @Test
    void aPreviewSaysWhatThePublishDoes() throws IOException {
        String unique = UUID.randomUUID().toString();
        TestFiles files = new TestFiles()
                .with("changed", "before")
                .with("gone", "gone")
                .with("old-name", unique)
                .with("same", "same");
        Path data = files.writeTo(directory.resolve("data"));
        PublishPreview first = datasets.preview("digits", data, PublishOptions.defaults());
        assertThat(datasets.find("digits")).as("nothing was changed").isEmpty();
        assertThat(first.diff().added()).hasSize(4);
        assertThat(first.newBytes()).isBetween((long) unique.length(), first.bytes());

        DatasetVersion before = datasets.publish("digits", data, PublishOptions.defaults());
        Files.writeString(data.resolve("changed"), unique + "!");
        Files.delete(data.resolve("gone"));
        Files.move(data.resolve("old-name"), data.resolve("new-name"));
        PublishPreview preview = datasets.preview("digits", data, PublishOptions.defaults());
        DatasetDiff diff = datasets.diff(before, datasets.publish("digits", data, PublishOptions.defaults()));

        assertThat(preview.diff()).isEqualTo(diff);
        assertThat(diff.toString()).startsWith("0 added, 1 removed, 1 changed, 1 renamed, 1 unchanged");
        assertThat(preview.files()).isEqualTo(3);
        assertThat(preview.newBytes()).isEqualTo(unique.length() + 1);
    }

    @Test
    void everySourceCanBePreviewed() throws IOException {
        String unique = Scene.freshName().repeat(100);
        TestFiles old = new TestFiles().with("changed", "1").with("gone", "2").with("same", "3");
        DatasetVersion before = old.publish(datasets, "digits");
        TestFiles files = new TestFiles()
                .with("changed", unique)
                .with("new", unique + "!")
                .with("same", "3");
        Map<String, byte[]> entries = new TreeMap<>();
        MapObjectStore objects = new MapObjectStore();
        for (String path : files.paths()) {
            entries.put(path, files.bytes(path));
            objects.with("some/" + path, files.bytes(path));
        }
        Path archive = Files.write(directory.resolve("archive"), zip(entries));
        Iterator<FileSource> once = files.sources();

        List<PublishPreview> previews = List.of(
                datasets.preview("digits", once, PLAIN),
                datasets.preview("digits", objects, "some", PLAIN),
                datasets.previewArchive("digits", archive, PLAIN));

        assertThat(datasets.versions("digits").toList())
                .as("nothing was changed")
                .containsExactly(before);
        assertThat(once).as("it was consumed").isExhausted();
        DatasetDiff diff = datasets.diff(before, files.publish(datasets, "digits"));
        assertThat(diff.toString()).startsWith("1 added, 1 removed, 1 changed, 0 renamed, 1 unchanged");
        assertThat(previews).containsOnly(new PublishPreview(3, files.totalBytes(), diff, 2L * unique.length() + 1));
    }

    @Test
    void aPreviewRefusesWhatThePublishWould() throws IOException {
        Path hostile = Files.write(directory.resolve("hostile"), zip(Map.of("../a", new byte[1])));
        List<FileSource> colliding = List.of(FileSource.of("a", new byte[1]), FileSource.of("A", new byte[1]));

        assertThatThrownBy(() -> datasets.previewArchive("digits", hostile, PLAIN))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> datasets.publish("digits", colliding.iterator(), PLAIN))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> datasets.preview("digits", colliding.iterator(), PLAIN))
                .isInstanceOf(InvalidInputException.class);
        assertThat(datasets.find("digits")).isEmpty();
    }

    @Test
    void progressTellsTheRateAndTheTimeLeft() throws IOException {
        List<Progress> told = Collections.synchronizedList(new ArrayList<>());
        TestFiles.many(50).with("large", TestFiles.large()).writeTo(directory);
        datasets.publish(
                "digits",
                directory,
                PublishOptions.builder().progress(told::add).build());

        Progress last = told.get(told.size() - 1);
        assertThat(last.bytesPerSecond()).isPositive();
        assertThat(last.timeLeft()).contains(Duration.ZERO);
        assertThat(last.doneItems()).isEqualTo(51);
    }

    @Test
    void cancellingEndsThePublishOfOneLargeFileToo() {
        Cancellation cancellation = new Cancellation();
        InputStream endless = new InputStream() {
            private long given;

            @Override
            public int read() {
                throw new AssertionError("read in pieces");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                given += length;
                if (given > 50_000_000) {
                    cancellation.cancel();
                }
                return length;
            }
        };
        ObjectBody body = new ObjectBody() {
            @Override
            public long length() {
                return Long.MAX_VALUE;
            }

            @Override
            public InputStream open() {
                return endless;
            }
        };
        assertThatThrownBy(() -> datasets.publish(
                        "digits",
                        List.of(new FileSource("endless", body)).iterator(),
                        PublishOptions.builder().cancellation(cancellation).build()))
                .isInstanceOf(CancelledException.class);
        assertThat(datasets.find("digits")).isEmpty();
    }
}
