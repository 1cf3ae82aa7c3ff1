package dev.mlops.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.lineage.LineageEdge;
import dev.mlops.api.lineage.LineageKind;
import dev.mlops.api.lineage.LineageNode;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.release.Release;
import dev.mlops.api.run.RunData;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunStatus;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.examples.quickstart.Candidate;
import dev.mlops.examples.quickstart.EdgeSite;
import dev.mlops.examples.quickstart.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two tellings in one directory. */
class QuickstartTest {
    @TempDir
    private static Path directory;

    private static Outcome first;
    private static String firstText;
    private static Outcome second;
    private static String secondText;

    @BeforeAll
    static void tellTwice() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        first = tell(text);
        firstText = text.toString(StandardCharsets.UTF_8);
        text.reset();
        second = tell(text);
        secondText = text.toString(StandardCharsets.UTF_8);
    }

    private static Outcome tell(ByteArrayOutputStream text) {
        PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
        try (EdgeSite site = EdgeSite.inProcess(directory.resolve("edge"))) {
            return Quickstart.tell(directory, site, out);
        }
    }

    @Test
    void publishesEveryDigitInOneOfTwoSplits() {
        assertThat(first.data().reference()).isEqualTo("digits/digits-png:V001");
        assertThat(first.data().files()).isEqualTo(1797);
        assertThat(first.data().splits()).extracting(split -> split.name()).containsExactly("train", "test");
        assertThat(first.data().splits().stream()
                        .mapToLong(split -> split.files())
                        .sum())
                .isEqualTo(1797);
        assertThat(firstText).contains("1,797 files");
    }

    @Test
    void tracksATrainingForEachModelWithItsMetricsParametersAndData() {
        try (Mlops mlops = EmbeddedMlops.open(directory)) {
            List<RunData> runs = digits(mlops).runs().search(RunQuery.all()).toList();
            assertThat(runs).hasSize(8).allSatisfy(run -> {
                assertThat(run.run().status()).isEqualTo(RunStatus.FINISHED);
                assertThat(run.params()).containsKeys("kind", "learning-rate", "epochs", "seed");
                assertThat(run.metric("train-accuracy")).isBetween(0.85, 1.0);
                assertThat(run.datasets())
                        .anySatisfy(use -> assertThat(use.split()).isEqualTo("train"));
                assertThat(run.modelVersions()).hasSize(1);
                assertThat(digits(mlops)
                                .runs()
                                .metricHistory(run.id(), "train-accuracy")
                                .toList())
                        .hasSize(Integer.parseInt(run.params().get("epochs")));
            });
        }
    }

    @Test
    void readsMoreThanNineOfTenTestImagesRightly() {
        assertThat(first.candidates()).hasSize(4).allSatisfy(candidate -> {
            assertThat(candidate.accuracy()).isBetween(0.85, 1.0);
            assertThat(candidate.version().runId()).isEqualTo(candidate.run().id());
            assertThat(candidate.version().signature()).isNotNull();
        });
        assertThat(first.accuracy()).isGreaterThan(0.9);
        assertThat(first.asked()).isGreaterThanOrEqualTo(100);
        assertThat(first.readRightly()).isGreaterThan(first.asked() * 9 / 10);
    }

    @Test
    void makesTheBestModelChampion() {
        double best = first.candidates().stream()
                .mapToDouble(Candidate::accuracy)
                .max()
                .orElseThrow();
        assertThat(first.accuracy()).isEqualTo(best);
        assertThat(second.accuracy()).isGreaterThanOrEqualTo(best);
        try (Mlops mlops = EmbeddedMlops.open(directory)) {
            assertThat(digits(mlops).models().version("digits@champion")).isEqualTo(second.champion());
        }
    }

    @Test
    void deploysTheChampion() {
        assertThat(first.deployment().state()).isEqualTo(DeploymentState.COMMITTED);
        assertThat(first.deployment().device()).isEqualTo("camera-1");
        assertThat(first.deployment().modelVersionId())
                .isEqualTo(first.champion().id());
        assertThat(second.deployment().device()).isEqualTo("camera-1");
        assertThat(second.deployment().modelVersionId())
                .isEqualTo(second.champion().id());
    }

    @Test
    void rollsTheReleaseBackToTheFirstModelAndItsData() {
        assertThat(first.releases()).extracting(Release::number).containsExactly(1L, 2L, 3L);
        assertThat(second.releases()).extracting(Release::number).containsExactly(4L, 5L, 6L);
        Release rollback = second.releases().get(2);
        assertThat(rollback.kind()).isEqualTo(Release.Kind.ROLLBACK);
        assertThat(rollback.version()).isEqualTo(second.releases().get(0).version());
        ModelVersion slow = second.candidates().get(0).version();
        try (Mlops mlops = EmbeddedMlops.open(directory)) {
            assertThat(digits(mlops).applications().current("digit-reader"))
                    .hasValueSatisfying(current -> assertThat(current.id()).isEqualTo(rollback.id()));
            assertThat(digits(mlops).models().version("digits@production")).isEqualTo(slow);
        }
    }

    @Test
    void knowsWhichDataTheDeploymentComesFrom() {
        List<LineageNode> data = first.lineage().nodes(LineageKind.DATASET_VERSION);
        assertThat(data).extracting(LineageNode::id).contains(first.data().id());
        assertThat(first.lineage().root().id()).isEqualTo(first.deployment().id());
        assertThat(first.lineage().edges())
                .extracting(LineageEdge::from)
                .contains(
                        first.champion().id(),
                        first.champion().runId(),
                        first.data().id());
        assertThat(firstText)
                .contains(first.lineage().toString().lines().findFirst().orElseThrow());
    }

    @Test
    void secondTellingGoesOnWithNewVersions() {
        assertThat(firstText).doesNotContain("has been here before");
        assertThat(secondText).contains("has been here before", "1 version of the data is in it");
        assertThat(second.data().reference()).isEqualTo("digits/digits-png:V002");
        assertThat(second.data().manifest()).isEqualTo(first.data().manifest());
        assertThat(second.data().parentId()).isEqualTo(first.data().id());
        assertThat(second.candidates())
                .extracting(candidate -> candidate.version().version())
                .containsExactly("5", "6", "7", "8");
        assertThat(secondText).contains(" 0 of them new to the store");
    }

    private static Project digits(Mlops mlops) {
        return mlops.projects().open("digits");
    }
}
