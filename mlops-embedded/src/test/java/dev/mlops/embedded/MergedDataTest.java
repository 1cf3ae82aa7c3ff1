package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.CollectReport;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Branches;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.RetentionPolicy;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A merged version needs the files of both sides, whatever becomes of the versions that brought them. */
class MergedDataTest {
    @TempDir
    private Path directory;

    private Mlops mlops;
    private DatasetStore datasets;
    private DatasetVersion first;

    @BeforeEach
    void open() {
        mlops = EmbeddedMlops.open(directory);
        datasets = mlops.projects().create("vision").datasets();
        first = publish(PublishOptions.defaults(), "a");
    }

    @AfterEach
    void close() {
        mlops.close();
    }

    private DatasetVersion publish(PublishOptions options, String... paths) {
        return datasets.publish(
                "signs",
                Arrays.stream(paths)
                        .map(path -> FileSource.of(path, path.getBytes(StandardCharsets.UTF_8)))
                        .iterator(),
                options);
    }

    @Test
    void aMergeOfBranchesOutlivesThem() {
        Branches branches = datasets.branches("signs");
        branches.create("more", first);
        publish(PublishOptions.builder().branch("more").build(), "a", "b");
        publish(PublishOptions.defaults(), "a", "c");
        DatasetVersion merged = branches.merge("more", Branch.MAIN, MergeOptions.DEFAULTS);
        branches.delete("more");

        requireToOutliveAll(merged);
    }

    @Test
    void whatAPublishMergedOutlivesTheOthers() {
        publish(PublishOptions.defaults(), "a", "c");
        DatasetVersion merged = publish(PublishOptions.builder().base(first).build(), "a", "b");

        requireToOutliveAll(merged);
    }

    private void requireToOutliveAll(DatasetVersion merged) {
        assertThat(merged.files()).isEqualTo(3);
        assertThat(datasets.prune("signs", RetentionPolicy.keepLast(1))).isNotEmpty();
        assertThat(datasets.versions("signs").toList())
                .extracting(DatasetVersion::id)
                .containsExactly(merged.id());
        CollectReport condemned = mlops.storage().collect(CollectOptions.grace(Duration.ZERO));
        CollectReport deleted = mlops.storage().collect(CollectOptions.grace(Duration.ZERO));

        assertThat(condemned.deletedPacks() + deleted.deletedPacks()).isPositive();
        datasets.verify(merged, ProgressListener.NONE, new Cancellation());
    }
}
