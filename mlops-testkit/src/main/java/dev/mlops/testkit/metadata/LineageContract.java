package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.Device;
import dev.mlops.api.lineage.LineageDirection;
import dev.mlops.api.lineage.LineageEdge;
import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.lineage.LineageKind;
import dev.mlops.api.lineage.LineageNode;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.release.Release;
import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Run;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lineage, from the data to the device and back. */
@SuppressWarnings("NullAway.Init") // set before all tests
public abstract class LineageContract extends MetadataStoreContract {
    private ProjectInfo dataProject;
    private ProjectInfo project;
    private Dataset dataset;
    private DatasetVersion parent;
    private DatasetVersion data;
    private Experiment experiment;
    private Run run;
    private Model model;
    private ModelVersion version;
    private Release release;
    private Device device;
    private Deployment deployment;

    /** For subclasses. */
    protected LineageContract() {}

    @BeforeAll
    final void makeGraph() {
        dataProject = world().project();
        project = world().project();
        dataset = world().dataset(dataProject);
        parent = world().datasetVersion(dataProject, dataset, null);
        data = world().datasetVersion(dataProject, dataset, parent.id());
        experiment = world().experiment(project);
        run = world().run(experiment);
        use("train");
        use("test");
        model = world().model(project);
        version = world().modelVersion(project, model, run.id(), List.of(data.id()));
        release = world().release(
                        world().applicationVersion(
                                        project, world().application(project), List.of(version), List.of(data)),
                        null);
        device = world().device(project);
        deployment = world().deployment(device, version, 49_152);
    }

    private void use(String split) {
        change(tx -> tx.runs()
                .addDatasetUse(
                        run.id(), new DatasetUse(data.id(), data.reference(), DatasetUse.Role.ofSplit(split), split)));
    }

    @Test
    void leadsFromADeploymentBackToTheFirstData() {
        LineageGraph graph =
                upstream(LineageKind.DEPLOYMENT, deployment.id(), HOST, 100).orElseThrow();

        assertThat(graph.root())
                .isEqualTo(new LineageNode(
                        LineageKind.DEPLOYMENT, deployment.id(), project.id(), "deployment 1 on " + device.name()));
        assertThat(graph.nodes())
                .extracting(LineageNode::id)
                .startsWith(deployment.id(), version.id())
                .endsWith(parent.id())
                .containsExactlyInAnyOrder(deployment.id(), version.id(), run.id(), data.id(), parent.id());
        assertThat(graph.edges())
                .containsExactlyInAnyOrder(
                        new LineageEdge(version.id(), deployment.id(), "deployed"),
                        new LineageEdge(run.id(), version.id(), "produced"),
                        new LineageEdge(data.id(), version.id(), "made from"),
                        new LineageEdge(data.id(), run.id(), "train, split train"),
                        new LineageEdge(data.id(), run.id(), "test, split test"),
                        new LineageEdge(parent.id(), data.id(), "parent"));
    }

    @Test
    void leadsFromTheFirstDataToEverythingThatCameOfIt() {
        LineageGraph graph = graph(LineageKind.DATASET_VERSION, parent.id(), LineageDirection.DOWNSTREAM, HOST, 100)
                .orElseThrow();

        assertThat(graph.nodes())
                .extracting(LineageNode::id)
                .startsWith(parent.id(), data.id())
                .containsExactlyInAnyOrder(
                        parent.id(), data.id(), run.id(), version.id(), release.id(), deployment.id());
        assertThat(graph.nodes(LineageKind.DATASET_VERSION))
                .containsExactly(
                        new LineageNode(LineageKind.DATASET_VERSION, parent.id(), dataProject.id(), parent.reference()),
                        new LineageNode(LineageKind.DATASET_VERSION, data.id(), dataProject.id(), data.reference()));
        assertThat(graph.edges())
                .contains(
                        new LineageEdge(version.id(), release.id(), "released"),
                        new LineageEdge(data.id(), release.id(), "released"));
    }

    @Test
    void labelsSayWhatThingsAre() {
        assertThat(label(LineageKind.RUN, run.id())).isEqualTo("run " + run.name());
        assertThat(label(LineageKind.MODEL_VERSION, version.id())).isEqualTo(version.reference());
        assertThat(label(LineageKind.RELEASE, release.id()))
                .isEqualTo("release 1 of " + release.version().reference());
    }

    @Test
    void aThingOfAnotherKindOrAnUnknownOneIsNotThere() {
        assertThat(upstream(LineageKind.RUN, deployment.id(), HOST, 10)).isEmpty();
        assertThat(upstream(LineageKind.RUN, "none", HOST, 10)).isEmpty();
    }

    @Test
    void goesOnlyThroughThingsThatTheViewerMayRead() {
        Principal bob = Principal.user(World.name("bob"));
        assertThat(upstream(LineageKind.DEPLOYMENT, deployment.id(), bob, 10)).isEmpty();

        grant(bob, project, Asset.device(device.id()));
        assertThat(nodes(bob)).containsExactly(deployment.id());
        grant(bob, dataProject, Asset.project(dataProject.id()));
        assertThat(nodes(bob)).containsExactly(deployment.id());
        grant(bob, project, Asset.model(model.id()));
        assertThat(nodes(bob)).containsExactly(deployment.id(), version.id(), data.id(), parent.id());
        grant(bob, project, Asset.experiment(experiment.id()));
        assertThat(nodes(bob)).hasSize(5).contains(run.id());
    }

    @Test
    void theNearestAreGivenWhenThereAreTooMany() {
        LineageGraph graph =
                upstream(LineageKind.DEPLOYMENT, deployment.id(), HOST, 2).orElseThrow();

        assertThat(graph.nodes()).extracting(LineageNode::id).containsExactly(deployment.id(), version.id());
        assertThat(graph.edges()).containsExactly(new LineageEdge(version.id(), deployment.id(), "deployed"));
    }

    @Test
    void endsOnLongChains() {
        Dataset chain = world().dataset(dataProject);
        String last = null;
        for (int i = 0; i < 60; i++) {
            last = world().datasetVersion(dataProject, chain, last).id();
        }

        assertThat(upstream(LineageKind.DATASET_VERSION, String.valueOf(last), HOST, 1000)
                        .orElseThrow()
                        .nodes())
                .hasSize(60);
    }

    @Test
    void findsManyThingsOnOneLevel() {
        DatasetVersion popular = world().datasetVersion(dataProject, world().dataset(dataProject), null);
        List<ModelVersion> made = IntStream.range(0, 40)
                .mapToObj(i -> world().modelVersion(project, model, null, List.of(popular.id())))
                .toList();

        assertThat(graph(LineageKind.DATASET_VERSION, popular.id(), LineageDirection.DOWNSTREAM, HOST, 1000)
                        .orElseThrow()
                        .nodes(LineageKind.MODEL_VERSION))
                .extracting(LineageNode::id)
                .containsExactlyInAnyOrderElementsOf(
                        made.stream().map(ModelVersion::id).toList());
    }

    private void grant(Principal principal, ProjectInfo where, Asset asset) {
        world().grant(where, asset, Subject.user(principal.name()), Privilege.READ);
    }

    private List<String> nodes(Principal viewer) {
        return upstream(LineageKind.DEPLOYMENT, deployment.id(), viewer, 100).orElseThrow().nodes().stream()
                .map(LineageNode::id)
                .toList();
    }

    private @Nullable String label(LineageKind kind, String id) {
        return upstream(kind, id, HOST, 1).map(graph -> graph.root().label()).orElse(null);
    }

    private Optional<LineageGraph> upstream(LineageKind kind, String id, Principal viewer, int limit) {
        return graph(kind, id, LineageDirection.UPSTREAM, viewer, limit);
    }

    private Optional<LineageGraph> graph(
            LineageKind kind, String id, LineageDirection direction, Principal viewer, int limit) {
        return find(tx -> tx.lineage().graph(kind, id, direction, viewer, limit));
    }
}
