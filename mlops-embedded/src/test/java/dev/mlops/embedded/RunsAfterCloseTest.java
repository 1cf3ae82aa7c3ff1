package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunSpec;
import dev.mlops.api.run.RunStatus;
import dev.mlops.api.run.RunTracker;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsAfterCloseTest {
    private static final RunSpec BUFFERED =
            RunSpec.builder("one").buffer(1000, Duration.ofDays(1)).build();

    @TempDir
    private Path directory;

    @Test
    void closingTheStoreWritesBufferedPointsAndTheRunGoesOnInAnother() {
        ActiveRun left;
        try (Mlops mlops = EmbeddedMlops.open(directory)) {
            left = mlops.projects().openOrCreate("p").runs().start(BUFFERED);
            left.metric("loss", 0.5, 1);
        }
        assertThatCode(left::flush).doesNotThrowAnyException();
        assertThatThrownBy(() -> left.param("a", 1)).isInstanceOf(UnavailableException.class);

        try (Mlops mlops = EmbeddedMlops.open(directory)) {
            RunTracker runs = mlops.projects().open("p").runs();
            assertThat(runs.run(left.id()).status()).isEqualTo(RunStatus.RUNNING);
            assertThat(runs.data(left.id()).metric("loss")).isEqualTo(0.5);
            try (ActiveRun resumed = runs.resume(left.id())) {
                resumed.metric("loss", 0.25, 2);
                resumed.finish();
            }
            assertThat(runs.data(left.id()).metric("loss")).isEqualTo(0.25);
        }
    }

    @Test
    void aRunThatEndedMayBeClosedAfterItsStore() {
        ActiveRun run;
        Run finished;
        try (Mlops mlops = EmbeddedMlops.open(directory)) {
            run = mlops.projects().openOrCreate("p").runs().start(BUFFERED);
            finished = run.finish();
        }
        run.close();
        assertThat(finished.status()).isEqualTo(RunStatus.FINISHED);
    }

    @Test
    void twoStoresOnOneDirectoryLogToOneRun() {
        try (Mlops one = EmbeddedMlops.open(directory);
                Mlops two = EmbeddedMlops.open(directory);
                ActiveRun here = one.projects().openOrCreate("p").runs().start(BUFFERED);
                ActiveRun there = two.projects().open("p").runs().resume(here.id())) {
            here.param("a", 1);
            there.param("b", 2);
            here.metric("loss", 1, 1);
            there.metric("loss", 2, 2);
            there.flush();
            here.finish();
            RunTracker runs = two.projects().open("p").runs();
            assertThat(runs.data(here.id()).params()).containsOnlyKeys("a", "b");
            assertThat(runs.metricHistory(here.id(), "loss").toList()).hasSize(2);
            assertThatThrownBy(() -> there.param("c", 3)).hasMessageContaining("FINISHED");
        }
    }
}
