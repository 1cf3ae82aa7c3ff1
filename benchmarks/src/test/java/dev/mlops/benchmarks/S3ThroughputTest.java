package dev.mlops.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ThroughputTest {
    @TempDir
    private Path directory;

    @Test
    void publishingToS3IsMeasuredBesideRawPuts() throws Exception {
        S3Throughput.Figures figures = S3Throughput.measure(
                directory, Integer.getInteger("benchmark.megabytes", 70), Integer.getInteger("benchmark.rounds", 1));

        assertThat(figures.raw()).isPositive();
        assertThat(figures.published()).isPositive();
    }
}
