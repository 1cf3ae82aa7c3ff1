package dev.mlops.testkit.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.CopyOptions;
import dev.mlops.api.dataset.DatasetSpec;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.testkit.fixture.Scene;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copying versions between two stores, as every {@link DatasetStore} does it. Say which stores to use. */
public abstract class DatasetCopyContract {
    private DatasetStore source;
    private DatasetStore target;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected DatasetCopyContract() {}

    /** The store to copy to, called by its owner. */
    protected abstract Mlops mlops();

    /** The store to copy from, another one, called by its owner. */
    protected abstract Mlops elsewhere();

    @BeforeEach
    void makeProjects() {
        target = mlops().projects().create(Scene.freshName()).datasets();
        source = elsewhere().projects().create(Scene.freshName()).datasets();
    }

    private DatasetVersion pull(DatasetVersion version) {
        return target.pull(source, version, CopyOptions.DEFAULTS);
    }

    @Test
    void copiesAllThatBelongsToAVersion() {
        source.create(DatasetSpec.builder("data")
                .description("of the north")
                .metadata("licence", "CC-BY")
                .build());
        TestFiles files =
                TestFiles.many(60).with("large.bin", TestFiles.large()).with("empty", new byte[0]);
        DatasetVersion version = files.publish(
                source,
                "data",
                PublishOptions.builder()
                        .versionName("first-one")
                        .message("as measured")
                        .metadata("camera", "C1")
                        .split(Split.ratio("train", 0.8).and("test", 0.2))
                        .build());

        DatasetVersion copy = pull(version);

        assertThat(copy)
                .usingRecursiveComparison()
                .ignoringFields("id", "projectId", "datasetId", "reference", "createdBy")
                .isEqualTo(version);
        assertThat(copy.createdBy()).isEqualTo(mlops().principal().name());
        assertThat(target.files(copy).toList()).isEqualTo(source.files(version).toList());
        target.verify(copy, ProgressListener.NONE, new Cancellation());
        assertThat(TestFiles.read(target, copy, "large.bin")).isEqualTo(TestFiles.large());
        assertThat(target.find("data").orElseThrow().description()).isEqualTo("of the north");
        assertThat(target.find("data").orElseThrow().metadata()).containsEntry("licence", "CC-BY");
        assertThat(target.version("data")).isEqualTo(copy);
    }

    @Test
    void copiesOnce() {
        DatasetVersion version = TestFiles.many(5).publish(source, "data");

        DatasetVersion copy = pull(version);
        assertThat(pull(version)).isEqualTo(copy);
        assertThat(source.push(version, target, CopyOptions.DEFAULTS)).isEqualTo(copy);
        assertThat(target.versions("data").toList()).containsExactly(copy);
    }

    @Test
    void movesOnlyWhatIsMissing() {
        byte[] large = TestFiles.large();
        DatasetVersion first = new TestFiles().with("large.bin", large).publish(source, "data");
        pull(first);
        byte[] changed = Arrays.copyOf(large, large.length + 10);
        DatasetVersion second =
                new TestFiles().with("large.bin", changed).with("more", "x").publish(source, "data");
        List<Progress> told = new CopyOnWriteArrayList<>();

        DatasetVersion copy = target.pull(source, second, CopyOptions.DEFAULTS.progress(told::add));

        assertThat(told.get(told.size() - 1).doneItems()).isEqualTo(2);
        assertThat(told.get(told.size() - 1).doneBytes()).isEqualTo(changed.length + 1);
        assertThat(told.get(told.size() - 1).newBytes()).isBetween(11L, large.length / 2L);
        assertThat(TestFiles.read(target, copy, "large.bin")).isEqualTo(changed);
    }

    @Test
    void tellsHowManyBytesOfFilesItMoved() {
        String text = "the same again ".repeat(1_000) + UUID.randomUUID();
        DatasetVersion version = new TestFiles()
                .with("a", text)
                .with("twin", text)
                .with("b", text + 1)
                .publish(source, "data");
        List<Progress> told = new CopyOnWriteArrayList<>();

        target.pull(source, version, CopyOptions.DEFAULTS.progress(told::add));

        assertThat(told.get(told.size() - 1).newBytes()).isEqualTo(2L * text.length() + 1);
    }

    @Test
    void copiesAHistoryVersionByVersion() {
        TestFiles files = TestFiles.many(5);
        DatasetVersion first = files.publish(source, "data");
        DatasetVersion second = files.with("a", "2").publish(source, "data");
        DatasetVersion third = files.with("a", "3").publish(source, "data");

        DatasetVersion firstCopy = pull(first);
        DatasetVersion thirdCopy = pull(third);
        assertThat(firstCopy.parentId()).isNull();
        assertThat(thirdCopy.parentId()).as("its parent is not there").isNull();
        assertThat(target.version("data")).as("so it is no next version").isEqualTo(firstCopy);

        DatasetVersion secondCopy = pull(second);
        assertThat(secondCopy.parentId()).isEqualTo(firstCopy.id());
        assertThat(target.version("data")).isEqualTo(secondCopy);
        assertThat(target.diff(firstCopy, secondCopy)).isEqualTo(source.diff(first, second));
    }

    @Test
    void copiesBesideOtherVersionsButNotOverThem() {
        DatasetVersion version = TestFiles.many(5).publish(source, "data");
        DatasetVersion other = TestFiles.many(6).publish(target, "data");

        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> pull(version))
                .withMessageContaining("V001");
        assertThat(target.versions("data").toList()).containsExactly(other);

        DatasetVersion copy = target.pull(source, version, CopyOptions.DEFAULTS.into("data-north"));
        assertThat(copy.reference()).endsWith("/data-north:V001");
        assertThat(copy.manifest()).isEqualTo(version.manifest());
    }

    @Test
    void copiesBetweenProjectsOfOneStore() {
        DatasetVersion version =
                TestFiles.many(5).with("large.bin", TestFiles.large()).publish(source, "data");
        DatasetStore neighbour =
                elsewhere().projects().create(Scene.freshName()).datasets();
        List<Progress> told = new CopyOnWriteArrayList<>();

        DatasetVersion copy = neighbour.pull(source, version, CopyOptions.DEFAULTS.progress(told::add));

        assertThat(told.get(told.size() - 1).newBytes()).isZero();
        assertThat(neighbour.files(copy).toList()).hasSize(6);
        source.destroy("data");
        neighbour.verify(copy, ProgressListener.NONE, new Cancellation());
    }

    @Test
    void leavesNothingOfACancelledCopy() {
        DatasetVersion version = TestFiles.many(50).publish(source, "data");
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        assertThatExceptionOfType(CancelledException.class)
                .isThrownBy(() -> target.pull(source, version, CopyOptions.DEFAULTS.cancellation(cancellation)));
        assertThat(target.find("data")).isEmpty();
        assertThat(pull(version).files()).isEqualTo(50);
    }

    @Test
    void doesNotFindAVersionThatIsGone() {
        DatasetVersion version = TestFiles.many(1).publish(source, "data");
        source.destroy("data");

        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> pull(version));
        assertThat(target.list().toList()).isEqualTo(List.of());
    }
}
