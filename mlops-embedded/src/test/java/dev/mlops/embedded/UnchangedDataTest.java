package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.RetentionPolicy;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of which a walk shows that nothing changed gives a version with the files of the one before. */
class UnchangedDataTest {
    private static final PublishOptions SPLIT = PublishOptions.builder()
            .split(Split.ratio("train", 0.8).and("test", 0.2).seed(42))
            .build();

    @TempDir
    private Path directory;

    private Path data;
    private Mlops mlops;
    private DatasetStore datasets;
    private DatasetVersion first;

    @BeforeEach
    void publishFirst() throws Exception {
        data = Files.createDirectory(directory.resolve("data"));
        for (int i = 0; i < 30; i++) {
            Path folder = Files.createDirectories(data.resolve("folder" + i % 3));
            Files.writeString(folder.resolve("%02d.txt".formatted(i)), "file " + i);
        }
        mlops = EmbeddedMlops.open(directory.resolve("store"));
        datasets = mlops.projects().create("vision").datasets();
        Thread.sleep(2_100); // what is younger is always read again
        first = datasets.publish("signs", data, SPLIT);
    }

    @AfterEach
    void close() {
        mlops.close();
    }

    private void verify(DatasetVersion version) {
        datasets.verify(version, ProgressListener.NONE, new Cancellation());
    }

    private void collect() {
        mlops.storage().collect(CollectOptions.grace(Duration.ZERO));
        mlops.storage().collect(CollectOptions.grace(Duration.ZERO));
    }

    @Test
    void theVersionHasTheSameFilesAndSplitsAndSaysSo() {
        List<Progress> told = new ArrayList<>();
        DatasetVersion second = datasets.publish(
                "signs",
                data,
                PublishOptions.builder()
                        .split(SPLIT.split())
                        .message("again")
                        .progress(told::add)
                        .build());

        assertThat(second.manifest()).isEqualTo(first.manifest());
        assertThat(second.splits()).isEqualTo(first.splits());
        assertThat(second.message()).isEqualTo("again");
        assertThat(second.parentId()).isEqualTo(first.id());
        Progress last = told.get(told.size() - 1);
        assertThat(last.doneItems()).isEqualTo(30).isEqualTo(last.totalItems());
        assertThat(last.newBytes()).isZero();
    }

    @Test
    void theVersionOutlivesTheOneBefore() {
        DatasetVersion second = datasets.publish("signs", data, SPLIT);

        datasets.prune("signs", RetentionPolicy.keepLast(1));
        collect();

        verify(second);
    }

    @Test
    void theVersionOutlivesABranchThatMovedMeanwhile() throws IOException {
        Files.writeString(data.resolve("folder0/00.txt"), "changed");
        DatasetVersion second = datasets.publish("signs", data, SPLIT);
        Files.delete(data.resolve("folder0/00.txt"));
        datasets.materialise(first, data);

        DatasetVersion third = datasets.publish(
                "signs",
                data,
                PublishOptions.builder().split(SPLIT.split()).base(first).build());
        datasets.prune("signs", RetentionPolicy.keepLast(1));
        collect();

        assertThat(third.manifest()).isEqualTo(second.manifest());
        verify(third);
    }

    @Test
    void whatIsRemovedAddedOrRenamedIsNoticed() throws IOException {
        Files.delete(data.resolve("folder2/29.txt"));
        DatasetVersion removed = datasets.publish("signs", data, SPLIT);
        Files.writeString(data.resolve("folder2/30.txt"), "file 30");
        DatasetVersion added = datasets.publish("signs", data, SPLIT);
        Files.move(data.resolve("folder0/00.txt"), data.resolve("folder0/000.txt"));
        DatasetVersion renamed = datasets.publish("signs", data, SPLIT);
        Files.createDirectory(data.resolve("empty"));
        DatasetVersion folder = datasets.publish("signs", data, SPLIT);

        assertThat(removed.files()).isEqualTo(29);
        assertThat(datasets.diff(removed, added).added())
                .extracting(FileEntry::path)
                .containsExactly("folder2/30.txt");
        assertThat(datasets.diff(added, renamed).renamed()).hasSize(1);
        assertThat(folder.files()).isEqualTo(31);
    }

    @Test
    void otherOptionsGiveAnotherVersion() {
        DatasetVersion unsplit = datasets.publish("signs", data, PublishOptions.defaults());
        DatasetVersion some = datasets.publish(
                "signs", data, PublishOptions.builder().exclude("folder0/**").build());
        DatasetVersion all = datasets.publish("signs", data, PublishOptions.defaults());

        assertThat(unsplit.splits()).isEmpty();
        assertThat(some.files()).isEqualTo(20);
        assertThat(all.manifest()).isEqualTo(unsplit.manifest()).isNotEqualTo(first.manifest());
    }

    @Test
    void whatIsDamagedIsMendedByUnchangedFiles() throws IOException {
        try (Stream<Path> packs = Files.walk(directory.resolve("store/objects/objects/d-pack"))) {
            for (Path pack : packs.filter(Files::isRegularFile).toList()) {
                Files.delete(pack);
            }
        }
        assertThat(mlops.storage().scrub(ScrubOptions.full()).damages()).isNotEmpty();

        DatasetVersion second = datasets.publish("signs", data, SPLIT);

        verify(second);
        verify(first);
    }
}
