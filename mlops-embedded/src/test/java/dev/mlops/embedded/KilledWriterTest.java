package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.project.Project;
import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.Metric;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills processes that publish and log, for real, at moments of chance. */
class KilledWriterTest {
    private static final int KILLS = 10;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    @TempDir
    private Path directory;

    @TempDir
    private Path outputs;

    @Test
    void nothingAcknowledgedIsLostAndNothingHalfIsSeenWhenWritersAreKilled() throws Exception {
        Random random = new Random(11);
        List<String> acknowledged = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            acknowledged.addAll(writeAndKill("run" + kill, random.nextInt(300)));
        }

        try (Mlops mlops = EmbeddedMlops.open(directory)) {
            Project project = mlops.projects().open(WriterProcess.PROJECT);
            assertVersionsAreWhole(project.datasets(), acknowledged);
            assertPointsAreThere(project, acknowledged);
            assertWorkGoesOn(project);
        }
    }

    private List<String> writeAndKill(String name, int extraMillis) throws Exception {
        Path output = outputs.resolve(name);
        Process process = WriterProcess.start(directory, name, output);
        try {
            awaitBoth(process, output);
            Thread.sleep(extraMillis);
        } finally {
            process.destroyForcibly().waitFor();
        }
        return WriterProcess.lines(output);
    }

    private static void awaitBoth(Process process, Path output) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!says(output, "published ") || !says(output, "flushed ")) {
            assertThat(process.isAlive()).as(() -> readQuietly(output)).isTrue();
            assertThat(System.nanoTime() - start).isLessThan(PATIENCE_NANOS);
            Thread.sleep(5);
        }
    }

    private static boolean says(Path output, String what) throws IOException {
        return WriterProcess.lines(output).stream().anyMatch(line -> line.startsWith(what));
    }

    private static String readQuietly(Path output) {
        try {
            return String.join("\n", WriterProcess.lines(output));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void assertVersionsAreWhole(DatasetStore datasets, List<String> acknowledged) throws IOException {
        List<DatasetVersion> versions = datasets.versions(WriterProcess.DATASET).toList();
        for (DatasetVersion version : versions) {
            datasets.verify(version, ProgressListener.NONE, new Cancellation());
            assertFiles(datasets, version);
        }
        assertThat(versions)
                .extracting(DatasetVersion::reference)
                .containsAll(said(acknowledged, "published "))
                .hasSizeGreaterThanOrEqualTo(KILLS);
        List<Long> ordinals =
                new ArrayList<>(versions.stream().map(DatasetVersion::ordinal).toList());
        Collections.reverse(ordinals);
        assertThat(ordinals)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, versions.size()).boxed().toList());
        assertThat(datasets.version(WriterProcess.DATASET)).isEqualTo(versions.get(0));
    }

    private static void assertFiles(DatasetStore datasets, DatasetVersion version) throws IOException {
        List<FileSource> expected = WriterProcess.files(version.message());
        assertThat(version.files()).isEqualTo(expected.size());
        for (FileSource file : expected) {
            try (InputStream in = file.body().open()) {
                assertThat(datasets.file(version, file.path()).sha256()).isEqualTo(Sha256.of(in.readAllBytes()));
            }
        }
    }

    private static List<String> said(List<String> lines, String what) {
        return lines.stream()
                .filter(line -> line.startsWith(what))
                .map(line -> line.substring(what.length()))
                .toList();
    }

    private static void assertPointsAreThere(Project project, List<String> acknowledged) {
        List<String> flushes = said(acknowledged, "flushed ");
        assertThat(flushes).hasSizeGreaterThanOrEqualTo(KILLS);
        for (String flush : flushes) {
            String runId = flush.substring(0, flush.indexOf(' '));
            int points = Integer.parseInt(flush.substring(flush.indexOf(' ') + 1));
            if (isLastOf(runId, flush, flushes)) {
                assertHasPoints(project, runId, points);
            }
        }
    }

    private static boolean isLastOf(String runId, String flush, List<String> flushes) {
        List<String> ofRun =
                flushes.stream().filter(line -> line.startsWith(runId)).toList();
        return ofRun.get(ofRun.size() - 1).equals(flush);
    }

    private static void assertHasPoints(Project project, String runId, int atLeast) {
        List<Metric> points =
                project.runs().metricHistory(runId, WriterProcess.METRIC).toList();
        assertThat(points).hasSizeGreaterThanOrEqualTo(atLeast);
        for (int step = 0; step < points.size(); step++) {
            assertThat(points.get(step).step()).isEqualTo(step);
            assertThat(points.get(step).value()).isEqualTo(step * 0.5);
        }
    }

    private static void assertWorkGoesOn(Project project) {
        DatasetVersion next = project.datasets()
                .publish(WriterProcess.DATASET, WriterProcess.files("after").iterator(), PublishOptions.defaults());
        assertThat(project.datasets().version(WriterProcess.DATASET)).isEqualTo(next);
        Run killed = project.runs().search(RunQuery.all()).first().orElseThrow().run();
        assertThat(killed.status()).isEqualTo(RunStatus.RUNNING);
        try (ActiveRun resumed = project.runs().resume(killed.id())) {
            assertThat(resumed.finish().status()).isEqualTo(RunStatus.FINISHED);
        }
    }
}
