package dev.mlops.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.lineage.LineageKind;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.onnx.device.InProcessEngine;
import dev.mlops.onnx.metrics.InferenceMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadmeExampleTest {
    @TempDir
    private Path work;

    @Test
    void leadsFromFilesToADeviceAndBack() throws IOException {
        Path images = Files.createDirectory(work.resolve("images"));
        Files.writeString(images.resolve("1.png"), "an image");
        try (DeviceEngine engine = InProcessEngine.open(work.resolve("engine"))) {
            LineageGraph lineage = ReadmeExample.run(work.resolve("store"), images, new Halving(), engine);

            assertThat(lineage.nodes(LineageKind.MODEL_VERSION)).singleElement().hasToString("digits/digits:1");
            assertThat(lineage.nodes(LineageKind.DATASET_VERSION)).isNotEmpty();
        }
    }

    @Test
    void aProposedChangeIsMergedAndTrainedOn() throws IOException {
        Path images = Files.createDirectory(work.resolve("images"));
        Path checkout = work.resolve("checkout");
        Files.writeString(images.resolve("1.png"), "an image");
        List<String> learned = new ArrayList<>();
        try (Mlops mlops = EmbeddedMlops.open(work.resolve("store"))) {
            mlops.projects().create("digits").datasets().publish("digits-png", images, PublishOptions.defaults());
            Files.writeString(images.resolve("2.png"), "another");
            Files.createDirectory(checkout);
            Files.writeString(checkout.resolve("3.png"), "what the colleague added");
            DatasetVersion merged =
                    ReadmeExample.versions(mlops, images, checkout, (file, bytes) -> learned.add(file.path()));

            assertThat(merged.files()).isEqualTo(3);
            assertThat(learned).containsExactlyInAnyOrder("1.png", "2.png", "3.png");
        }
    }

    @Test
    void aModelTakesThePlaceOfAnother() throws IOException {
        Path first = Files.write(work.resolve("first.onnx"), TinyModel.rowsOnly(1));
        Path second = Files.write(work.resolve("second.onnx"), TinyModel.rowsOnly(2));
        InferenceMetrics metrics = new InferenceMetrics();

        assertThat(ReadmeExample.inference(first, second, new float[] {1, 2, 3}, metrics))
                .containsExactly(2, 3, 4);
        assertThat(metrics.snapshot().requests()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"readme", "versions", "inference"})
    void isWhatTheReadmeShows(String region) throws IOException {
        String source = Files.readString(Path.of("src/main/java/dev/mlops/examples/ReadmeExample.java"));
        String start = "        // tag::%s[]\n".formatted(region);
        String end = "        // end::%s[]".formatted(region);
        String program = source.substring(source.indexOf(start) + start.length(), source.indexOf(end))
                .stripTrailing()
                .stripIndent();

        assertThat(Path.of("../README.md")).content().contains(program);
    }

    private final class Halving implements ReadmeExample.Training {
        private double error = 1;

        @Override
        public double epoch() {
            error /= 2;
            return 1 - error;
        }

        @Override
        public Path save() {
            return TinyModel.write(work.resolve("trained.onnx"), 0);
        }
    }
}
