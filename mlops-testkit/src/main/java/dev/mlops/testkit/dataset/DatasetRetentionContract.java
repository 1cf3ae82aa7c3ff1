package dev.mlops.testkit.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Branches;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.RetentionPolicy;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.project.Project;
import dev.mlops.testkit.fixture.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which versions a retention policy leaves, as every {@link DatasetStore} does it. Say which store to use. */
public abstract class DatasetRetentionContract {
    private Project project;
    private DatasetStore datasets;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected DatasetRetentionContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeProject() {
        project = mlops().projects().create(Scene.freshName());
        datasets = project.datasets();
    }

    private List<DatasetVersion> publish(int count) {
        List<DatasetVersion> versions = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            versions.add(new TestFiles().with("n.txt", "version " + i).publish(datasets, "data"));
        }
        return versions;
    }

    private List<String> names() {
        return datasets.versions("data").map(DatasetVersion::name).toList();
    }

    private List<String> prune(RetentionPolicy policy) {
        return datasets.prune("data", policy).stream().map(DatasetVersion::name).toList();
    }

    @Test
    void keepsTheNewestVersions() {
        List<DatasetVersion> versions = publish(5);

        assertThat(prune(RetentionPolicy.keepLast(2))).containsExactly("V001", "V002", "V003");
        assertThat(names()).containsExactly("V005", "V004");
        assertThat(prune(RetentionPolicy.keepLast(2))).isEmpty();
        assertThat(TestFiles.read(datasets, versions.get(3), "n.txt"))
                .asString()
                .isEqualTo("version 4");
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> datasets.version("data:V003"));
        assertThat(datasets.version("data:V004").parentId()).isNull();
    }

    @Test
    void keepsTheCurrentVersionHoweverOldItIs() {
        List<DatasetVersion> versions = publish(4);
        datasets.moveCurrent(versions.get(1), versions.get(3));

        assertThat(prune(RetentionPolicy.keepLast(0))).containsExactly("V001", "V003", "V004");
        assertThat(names()).containsExactly("V002");
        assertThat(datasets.version("data")).extracting(DatasetVersion::name).isEqualTo("V002");
    }

    @Test
    void keepsTheHeadsOfBranchesAndWhereTheyWentOff() {
        List<DatasetVersion> versions = publish(3);
        Branches branches = datasets.branches("data");
        branches.create("side", versions.get(1));
        PublishOptions onSide = PublishOptions.builder().branch("side").build();
        new TestFiles().with("n.txt", "version 2").with("side", "1").publish(datasets, "data", onSide);
        new TestFiles().with("n.txt", "version 2").with("side", "2").publish(datasets, "data", onSide);
        new TestFiles().with("n.txt", "version 6").publish(datasets, "data");

        assertThat(prune(RetentionPolicy.keepLast(0))).containsExactly("V001", "V003", "V004");
        assertThat(names()).containsExactly("V006", "V005", "V002");
        assertThat(branches.commonAncestor(datasets.version("data"), datasets.version("data@side")))
                .map(DatasetVersion::name)
                .contains("V002");
        DatasetVersion merged = branches.merge("side", Branch.MAIN, MergeOptions.DEFAULTS);
        assertThat(TestFiles.read(datasets, merged, "n.txt")).asString().isEqualTo("version 6");
        assertThat(TestFiles.read(datasets, merged, "side")).asString().isEqualTo("2");
    }

    @Test
    void keepsWhatIsTaggedOrTakesTheTagsAway() {
        List<DatasetVersion> versions = publish(3);
        datasets.branches("data").tag("golden", versions.get(0));
        datasets.branches("data").tag("silver", versions.get(0));

        assertThat(prune(RetentionPolicy.keepLast(1).keepTagged())).containsExactly("V002");
        assertThat(datasets.version("data:golden").name()).isEqualTo("V001");
        assertThat(prune(RetentionPolicy.keepLast(1))).containsExactly("V001");
        assertThat(datasets.branches("data").tags().toList()).isEmpty();
    }

    @Test
    void saysWhatItWouldDelete() {
        publish(3);

        assertThat(prune(RetentionPolicy.keepLast(1).asDryRun())).containsExactly("V001", "V002");
        assertThat(names()).hasSize(3);
    }

    @Test
    void keepsWhatIsYoung() {
        publish(3);

        assertThat(prune(RetentionPolicy.keepLast(0).keepYoungerThan(Duration.ofHours(1))))
                .isEmpty();
        assertThat(prune(RetentionPolicy.keepLast(0).keepYoungerThan(Duration.ZERO)))
                .hasSize(2);
    }

    @Test
    void keepsWhatIsUsedOrEndsBeforeItDeletesAnything() {
        List<DatasetVersion> versions = publish(4);
        Scene.train(project, "training", versions.get(1));
        project.applications().createVersion("reader", List.of(), List.of(versions.get(2)), "first");

        assertThatExceptionOfType(ResourceInUseException.class)
                .isThrownBy(() -> prune(RetentionPolicy.keepLast(0)))
                .withMessageContaining("run ")
                .withMessageContaining("(of V002)")
                .withMessageContaining("application version ");
        assertThat(names()).hasSize(4);

        assertThat(prune(RetentionPolicy.keepLast(0).keepUsed())).containsExactly("V001");
        assertThat(names()).containsExactly("V004", "V003", "V002");
    }

    @Test
    void tellsOfEveryDeletedVersion() {
        publish(3);
        prune(RetentionPolicy.keepLast(1));

        List<Event> events = project.events().list().toList();
        assertThat(events)
                .filteredOn(event ->
                        event.kind() == EventKind.DESTROYED && event.subject().contains(project.name() + "/data"))
                .extracting(Event::subject)
                .containsExactly(
                        "data set version " + project.name() + "/data:V001",
                        "data set version " + project.name() + "/data:V002");
    }

    @Test
    void deletesMoreThanOneBatch() {
        publish(120);

        assertThat(prune(RetentionPolicy.keepLast(3))).hasSize(117);
        assertThat(names()).containsExactly("V120", "V119", "V118");
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> RetentionPolicy.keepLast(-1));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> RetentionPolicy.keepLast(1).keepYoungerThan(Duration.ofDays(-1)));
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> datasets.prune("nothing", RetentionPolicy.keepLast(1)));
    }
}
