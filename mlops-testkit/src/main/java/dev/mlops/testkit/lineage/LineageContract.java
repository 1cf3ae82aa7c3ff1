package dev.mlops.testkit.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.lineage.Lineage;
import dev.mlops.api.lineage.LineageDirection;
import dev.mlops.api.lineage.LineageEdge;
import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.lineage.LineageKind;
import dev.mlops.api.lineage.LineageNode;
import dev.mlops.api.model.ImportOptions;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.project.ProjectUpdate;
import dev.mlops.api.release.Release;
import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Run;
import dev.mlops.testkit.fixture.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link Lineage} keeps from data to release, both ways; deployments have a suite of their own. Inherit it and
 * say which store to use.
 */
public abstract class LineageContract {
    private static final Principal ALICE = Principal.user("alice");

    private Scene scene;
    private Project project;
    private Lineage lineage;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected LineageContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void tellTheStory() {
        scene = Scene.tell(mlops());
        project = scene.project();
        lineage = project.lineage();
    }

    @Test
    void aReleaseLeadsBackToItsData() {
        LineageGraph graph = lineage.upstreamOf(scene.release());

        assertThat(graph.direction()).isEqualTo(LineageDirection.UPSTREAM);
        assertThat(graph.root()).isEqualTo(graph.nodes().get(0));
        assertThat(graph.root().kind()).isEqualTo(LineageKind.RELEASE);
        assertThat(graph.root().id()).isEqualTo(scene.release().id());
        assertThat(ids(graph))
                .containsExactlyInAnyOrder(
                        scene.release().id(),
                        scene.model().id(),
                        scene.run().id(),
                        scene.data().id());
        assertSound(graph);
    }

    @Test
    void dataLeadToWhatCameOfThem() {
        LineageGraph graph = lineage.downstreamOf(scene.data());

        assertThat(graph.root().id()).isEqualTo(scene.data().id());
        assertThat(ids(graph))
                .containsExactlyInAnyOrder(
                        scene.data().id(),
                        scene.run().id(),
                        scene.model().id(),
                        scene.spareModel().id(),
                        scene.release().id());
        assertSound(graph);
    }

    @Test
    void everyStepIsSeenFromBothSides() {
        assertThat(ids(lineage.upstreamOf(scene.data())))
                .containsExactly(scene.data().id());
        assertThat(ids(lineage.upstreamOf(scene.run())))
                .containsExactly(scene.run().id(), scene.data().id());
        assertThat(ids(lineage.upstreamOf(scene.model())))
                .containsExactlyInAnyOrder(
                        scene.model().id(), scene.run().id(), scene.data().id());
        assertThat(ids(lineage.downstreamOf(scene.release())))
                .containsExactly(scene.release().id());
        assertThat(ids(lineage.downstreamOf(scene.model())))
                .containsExactly(scene.model().id(), scene.release().id());
        assertThat(ids(lineage.downstreamOf(scene.run())))
                .containsExactlyInAnyOrder(
                        scene.run().id(),
                        scene.model().id(),
                        scene.spareModel().id(),
                        scene.release().id());
        assertThat(ids(lineage.downstreamOf(scene.spareData())))
                .containsExactly(scene.spareData().id());
    }

    @Test
    void nodesAndEdgesSayWhatTheyAre() {
        LineageGraph graph = lineage.upstreamOf(scene.release());

        assertThat(graph.nodes(LineageKind.MODEL_VERSION))
                .extracting(LineageNode::label)
                .containsExactly(scene.model().reference());
        assertThat(graph.nodes(LineageKind.DATASET_VERSION))
                .extracting(LineageNode::label)
                .containsExactly(scene.data().reference());
        assertThat(graph.nodes(LineageKind.RUN))
                .singleElement()
                .satisfies(node -> assertThat(node.label()).contains(scene.run().name()));
        assertThat(graph.nodes())
                .extracting(LineageNode::projectId)
                .containsOnly(project.info().id());
        assertThat(role(graph, scene.run().id(), scene.model().id())).isEqualTo("produced");
        assertThat(role(graph, scene.data().id(), scene.run().id())).isEqualTo("train");
        assertThat(role(graph, scene.model().id(), scene.release().id())).isEqualTo("released");
        assertThat(graph.toString())
                .contains("← " + scene.model().reference())
                .contains("← " + scene.data().reference());
    }

    private static String role(LineageGraph graph, String from, String to) {
        return graph.edges().stream()
                .filter(edge -> edge.from().equals(from) && edge.to().equals(to))
                .map(LineageEdge::role)
                .findFirst()
                .orElse("no edge from %s to %s in %s".formatted(from, to, graph.edges()));
    }

    @Test
    void versionsOfDataLeadToTheirParents() {
        DatasetVersion two = Scene.publish(project, "data", "7,8");
        DatasetVersion three = Scene.publish(project, "data", "9");

        assertThat(ids(lineage.upstreamOf(three)))
                .containsExactly(three.id(), two.id(), scene.data().id());
        LineageGraph down = lineage.downstreamOf(scene.data());
        assertThat(ids(down)).contains(two.id(), three.id());
        assertThat(role(down, scene.data().id(), two.id())).isEqualTo("parent");
        assertSound(down);
    }

    @Test
    void whatIsReachedByTwoWaysIsThereOnce() {
        DatasetVersion more = Scene.publish(project, "more", "1");
        Run run = project.runs().track("training", active -> {
            active.uses(scene.data(), DatasetUse.Role.TRAIN, Optional.empty());
            active.uses(scene.data(), DatasetUse.Role.TEST, Optional.empty());
            active.uses(more, DatasetUse.Role.VALIDATION, Optional.empty());
        });
        LineageGraph graph = lineage.upstreamOf(run);

        assertThat(ids(graph)).containsExactlyInAnyOrder(run.id(), scene.data().id(), more.id());
        assertThat(graph.edges())
                .filteredOn(edge -> edge.from().equals(scene.data().id()))
                .extracting(LineageEdge::role)
                .containsExactlyInAnyOrder("train", "test");
        assertSound(graph);
    }

    @Test
    void aModelLeadsToDataThatNoRunTold(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("model.txt"), "weights");
        ModelVersion version = project.models()
                .importVersion(
                        "by-hand",
                        ImportSource.file(file),
                        ImportOptions.builder().madeFrom(scene.spareData()).build());

        assertThat(ids(lineage.upstreamOf(version)))
                .containsExactly(version.id(), scene.spareData().id());
        assertThat(ids(lineage.downstreamOf(scene.spareData())))
                .containsExactly(scene.spareData().id(), version.id());
    }

    @Test
    void aRollbackIsAReleaseToo() {
        Release second = project.applications()
                .release(project.applications().createVersion("reader", List.of(scene.spareModel()), List.of(), ""));
        Release back = project.applications().rollback(second);

        assertThat(ids(lineage.upstreamOf(second))).contains(scene.spareModel().id());
        assertThat(ids(lineage.upstreamOf(back)))
                .contains(scene.model().id())
                .doesNotContain(scene.spareModel().id());
        assertThat(lineage.downstreamOf(scene.model()).nodes(LineageKind.RELEASE))
                .extracting(LineageNode::id)
                .containsExactlyInAnyOrder(scene.release().id(), back.id());
    }

    @Test
    void theStoryGoesOnInOtherProjects() {
        Project other = mlops().projects().create(Scene.freshName());
        Run run = Scene.train(other, "fine-tuning", scene.data());
        ModelVersion model = Scene.importFrom(other, "tuned", run);

        LineageGraph down = lineage.downstreamOf(scene.data());
        assertThat(ids(down)).contains(run.id(), model.id(), scene.model().id());
        assertThat(down.nodes())
                .extracting(LineageNode::projectId)
                .contains(other.info().id());
        LineageGraph up = other.lineage().upstreamOf(model);
        assertThat(ids(up))
                .containsExactlyInAnyOrder(model.id(), run.id(), scene.data().id());
        assertThat(ids(project.lineage().upstreamOf(model))).isEqualTo(ids(up));
    }

    @Test
    void whatSomebodyMayNotSeeIsLeftOutWithWhatIsBehindIt() {
        Project open = visible(mlops().projects().create(Scene.freshName()));
        Release release = open.applications()
                .release(open.applications().createVersion("door", List.of(scene.model()), List.of(), ""));
        visible(project);
        Project hers = mlops().as(ALICE).projects().open(open.name());
        assertThat(ids(hers.lineage().upstreamOf(release)))
                .contains(scene.data().id());

        mlops().projects().update(project.name(), ProjectUpdate.visibility(Visibility.PRIVATE));
        assertThat(ids(hers.lineage().upstreamOf(release))).containsExactly(release.id());

        Asset data = Asset.dataset(scene.data().datasetId());
        project.access().grant(data, Subject.user("alice"), Privilege.READ);
        assertThat(ids(hers.lineage().upstreamOf(release))).containsExactly(release.id());
        assertThat(ids(hers.lineage().downstreamOf(scene.data())))
                .containsExactly(scene.data().id());

        project.access().grant(Asset.model(scene.model().modelId()), Subject.user("alice"), Privilege.READ);
        LineageGraph some = hers.lineage().upstreamOf(release);
        assertThat(ids(some))
                .contains(scene.model().id())
                .doesNotContain(scene.run().id());
        assertSound(some);
    }

    private Project visible(Project project) {
        mlops().projects().update(project.name(), ProjectUpdate.visibility(Visibility.INTERNAL));
        return project;
    }

    @Test
    void whatIsNotThereOrNotVisibleIsNotFound() {
        for (LineageKind kind : LineageKind.values()) {
            assertThatThrownBy(() -> lineage.of(kind, "nothing", LineageDirection.UPSTREAM))
                    .as("%s", kind)
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("nothing");
        }
        assertThatThrownBy(() -> lineage.of(LineageKind.RUN, scene.model().id(), LineageDirection.UPSTREAM))
                .isInstanceOf(NotFoundException.class);
        Project elsewhere = mlops().as(ALICE).projects().create(Scene.freshName());
        assertThatThrownBy(() -> elsewhere.lineage().upstreamOf(scene.model())).isInstanceOf(NotFoundException.class);
    }

    private static List<String> ids(LineageGraph graph) {
        return graph.nodes().stream().map(LineageNode::id).toList();
    }

    /** Every node is there once, and edges join nodes, each once. */
    private static void assertSound(LineageGraph graph) {
        Set<String> ids = new HashSet<>(ids(graph));
        assertThat(ids(graph)).doesNotHaveDuplicates();
        assertThat(graph.edges())
                .doesNotHaveDuplicates()
                .allSatisfy(edge -> assertThat(ids).contains(edge.from(), edge.to()));
        assertThat(graph.edges().size()).isGreaterThanOrEqualTo(ids.size() - 1);
    }
}
