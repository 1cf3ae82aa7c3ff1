package dev.mlops.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.lineage.LineageKind;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.onnx.device.InProcessEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void isWhatTheReadmeShows() throws IOException {
        String source = Files.readString(Path.of("src/main/java/dev/mlops/examples/ReadmeExample.java"));
        String start = "        // tag::readme[]\n";
        String program = source.substring(
                        source.indexOf(start) + start.length(), source.indexOf("        // end::readme[]"))
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
