package dev.mlops.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Storage.HurtFile;
import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.InstanceHealth;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.lineage.LineageNode;
import dev.mlops.api.project.Project;
import dev.mlops.api.release.Release;
import dev.mlops.api.run.RunStatus;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.onnx.device.InProcessEngine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs each example and checks what comes of it. */
class FeatureExamplesTest {
    @TempDir
    private Path work;

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
    private Mlops mlops;

    @BeforeEach
    void open() {
        mlops = EmbeddedMlops.open(work.resolve("store"));
    }

    @AfterEach
    void close() {
        mlops.close();
    }

    @Test
    void trackedRunsAreFoundByWhatTheyDid() {
        TrackRuns.Outcome outcome = TrackRuns.run(project(), out);

        assertThat(outcome.good()).hasSize(1);
        assertThat(outcome.good().get(0).params()).containsEntry("rate", "0.1");
        assertThat(outcome.history()).hasSize(20);
        assertThat(outcome.history().get(0).value()).isCloseTo(5.76, within(1e-9));
        assertThat(outcome.failed().status()).isEqualTo(RunStatus.FAILED);
        assertThat(outcome.failed().failure()).contains("the loss grows without end");
    }

    @Test
    void dataVersionsAreComparedMergedTrainedOnAndMended() {
        VersionData.Outcome outcome = VersionData.run(work.resolve("data"), out);

        assertThat(outcome.stored()).isLessThan(outcome.second().bytes() / 4);
        assertThat(outcome.diff().added())
                .extracting(FileEntry::path)
                .containsExactly("square/040.png", "square/041.png");
        assertThat(outcome.diff().changed()).hasSize(3);
        assertThat(outcome.diff().removed()).extracting(FileEntry::path).containsExactly("triangle/007.png");
        assertThat(outcome.contribution().state()).isEqualTo(Contribution.State.ACCEPTED);
        assertThat(outcome.current().id()).isEqualTo(outcome.contribution().resultId());
        assertThat(outcome.current().files()).isEqualTo(outcome.second().files() + 10 + 4);
        assertThat(outcome.current().mergedId()).isNotNull();
        assertThat(outcome.checkout().writtenFiles()).isEqualTo(1);
        assertThat(work.resolve("data/checkout/triangle/049.png")).exists();
        assertThat(outcome.trained())
                .doesNotHaveDuplicates()
                .isNotEqualTo(outcome.trained().stream().sorted().toList());
        assertThat(outcome.damaged().damages())
                .singleElement()
                .satisfies(damage ->
                        assertThat(damage.hurt()).extracting(HurtFile::path).containsOnly("square/000.png"));
        assertThat(outcome.mended().damages()).isEmpty();
    }

    @Test
    void aliasesMoveByCompareAndSetAndBack() {
        RegisterModels.Outcome outcome = RegisterModels.run(project(), work, out);

        assertThat(outcome.first().version()).isEqualTo("1.0.0");
        assertThat(outcome.first().signature())
                .hasToString("(x: FLOAT[batch,3], factor: FLOAT[]) → (y: FLOAT[batch,3])");
        assertThat(outcome.moves())
                .extracting(move -> move.from() + " → " + move.to())
                .containsExactly("1.1.0 → 1.0.0", "1.0.0 → 1.1.0", "null → 1.0.0");
        assertThat(outcome.late()).contains("stable", "1.1.0");
        assertThat(outcome.used()).contains("alias", "stable");
        assertThat(outcome.file()).hasBinaryContent(TinyModel.bytes(0));
    }

    @Test
    void callersSeeAndDoWhatGrantsSay() {
        ShareProjects.Outcome outcome = ShareProjects.run(mlops, "vision", out);

        assertThat(outcome.hidden()).contains("vision");
        assertThat(outcome.seen()).containsExactly("faces");
        assertThat(outcome.denied()).contains("bob lacks the privilege 'delete'", "faces");
        assertThat(outcome.later()).containsExactly("faces", "plates", "signs");
        assertThat(outcome.everybody()).isTrue();
    }

    @Test
    void releasesMoveModelsAndDataTogetherAndBack() {
        ReleaseApplications.Outcome outcome = ReleaseApplications.run(project(), work, out);

        assertThat(outcome.rollback().version()).isEqualTo(outcome.first().version());
        assertThat(outcome.rollback().restoresId()).isEqualTo(outcome.first().id());
        assertThat(outcome.conflict()).contains("release");
        assertThat(outcome.live().version()).isEqualTo("1");
        assertThat(outcome.releases()).extracting(Release::number).containsExactly(3L, 2L, 1L);
    }

    @Test
    void eventsAreFollowedAndReadLater() {
        FollowEvents.Outcome outcome = FollowEvents.run(project(), out);

        assertThat(outcome.followed()).extracting(Event::kind).contains(EventKind.CREATED);
        assertThat(outcome.followed())
                .extracting(Event::subject)
                .anySatisfy(subject -> assertThat(subject).contains("followed"));
        assertThat(outcome.missed()).extracting(Event::kind).containsExactly(EventKind.FINISHED, EventKind.CREATED);
        assertThat(outcome.missed().get(1).subject()).contains("unseen");
    }

    @Test
    void lineageLeadsFromTheReleaseToTheDataAndBack() {
        TraceLineage.Outcome outcome = TraceLineage.run(project(), out);

        assertThat(outcome.up().nodes())
                .extracting(LineageNode::id)
                .contains(
                        outcome.release().id(),
                        outcome.model().id(),
                        outcome.run().id(),
                        outcome.data().id());
        assertThat(outcome.down().nodes())
                .extracting(LineageNode::id)
                .contains(
                        outcome.data().id(),
                        outcome.run().id(),
                        outcome.model().id(),
                        outcome.release().id());
    }

    @Test
    void onnxInputsAreCheckedBeforeTheyAreRun() {
        RunOnnx.Outcome outcome = RunOnnx.run(out);

        assertThat(outcome.y()).containsExactly("10.5", "20.5", "30.5", "40.5", "50.5", "60.5");
        assertThat(outcome.refusals()).hasSize(4);
        assertThat(outcome.refusals().get(0)).contains("factor");
        assertThat(outcome.refusals().get(1)).contains("faktor");
        assertThat(outcome.refusals().get(2)).contains("x", "[2,4]");
        assertThat(outcome.refusals().get(3)).contains("x", "DOUBLE");
    }

    @Test
    void boundAndBatchedRunsGiveTheSame() {
        FastOnnx.Outcome outcome = FastOnnx.run(out);

        assertThat(outcome.bound()).isEqualTo(10_000 * 9_999 / 2 + 5_000);
        assertThat(outcome.batched()).isEqualTo(outcome.bound());
    }

    @Test
    void aServedModelAnswersInJsonAndInBinary() {
        ServeModel.Outcome outcome = ServeModel.run(out);

        String label = Integer.toString(outcome.label());
        assertThat(outcome.read()).containsExactly(label, label);
        assertThat(text.toString(StandardCharsets.UTF_8)).contains("curl http://127.0.0.1:", "--data-binary @");
    }

    @Test
    void imagesAreClassifiedWhileTheModelIsReplaced() {
        ClassifyImages.Outcome outcome = ClassifyImages.run(project(), work.resolve("digits"), out);

        assertThat(outcome.before().confusion().total()).isEqualTo(outcome.together());
        assertThat(outcome.calls()).isGreaterThanOrEqualTo(1_000);
        assertThat(outcome.before().accuracy()).isGreaterThan(0.8);
        assertThat(outcome.after().accuracy())
                .isGreaterThan(0.95)
                .isGreaterThan(outcome.before().accuracy());
        assertThat(outcome.after().rocAuc()).isGreaterThan(0.99);
    }

    @Test
    void deploymentsAreUpdatedStoppedStartedAndRemoved() {
        try (DeviceEngine engine = InProcessEngine.open(work.resolve("engine"))) {
            DeployInProcess.Outcome outcome = DeployInProcess.run(project(), engine, work, out);

            assertThat(outcome.answers().get(0)).contains("[10.0,20.0,30.0]");
            assertThat(outcome.answers().get(1)).contains("[10.5,20.5,30.5]");
            assertThat(outcome.health())
                    .containsExactly(
                            InstanceHealth.State.STOPPED, InstanceHealth.State.READY, InstanceHealth.State.ABSENT);
            assertThat(outcome.history())
                    .extracting(Deployment::state)
                    .containsExactly(DeploymentState.REMOVED, DeploymentState.SUPERSEDED);
        }
    }

    private Project project() {
        return mlops.projects().openOrCreate("examples");
    }
}
