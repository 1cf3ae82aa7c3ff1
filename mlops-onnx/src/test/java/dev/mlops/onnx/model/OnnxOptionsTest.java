package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.OnnxOptions.Preset;
import dev.mlops.onnx.testing.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxOptionsTest {
    private static float[] relu(OnnxModel model) {
        return model.run(new float[] {1, -1, 2, -2}).floats("y");
    }

    private static OnnxModel load(OnnxOptions.Builder options) {
        return OnnxModel.load("test.onnx", TestModels.relu(), options.build());
    }

    @ParameterizedTest
    @EnumSource
    void aModelRunsWithEachPreset(Preset preset) {
        try (OnnxModel model = load(OnnxOptions.builder(preset))) {
            assertThat(relu(model)).containsExactly(1, 0, 2, 0);
        }
    }

    @Test
    void presetsSayWhatTheyAreNamedFor() {
        assertThat(OnnxOptions.builder(Preset.LATENCY).build().spinning()).isTrue();
        assertThat(OnnxOptions.builder(Preset.THROUGHPUT).build().intraOpThreads())
                .isEqualTo(1);
        OnnxOptions shared = OnnxOptions.builder(Preset.SHARED_HOST).build();
        assertThat(shared.sharesThreads()).isTrue();
        assertThat(shared.arena()).isFalse();
        assertThat(OnnxOptions.DEFAULT.spinning()).isFalse();
    }

    @Test
    void modelsWithSharedThreadsMakeNoneOfTheirOwn() {
        OnnxOptions.Builder shared = OnnxOptions.builder().sharedThreads();
        try (OnnxModel first = load(shared)) {
            assertThat(first.runtime().threads()).isEqualTo("shared by all models");
            int before = threads();
            OnnxModel[] more = new OnnxModel[20];
            Arrays.setAll(more, i -> load(shared));
            assertThat(threads() - before).isLessThan(20);
            for (OnnxModel each : more) {
                assertThat(relu(each)).containsExactly(1, 0, 2, 0);
                each.close();
            }
        }
    }

    /** The threads of this process, native ones too; 0 where the system does not tell. */
    private static int threads() {
        String[] tasks = Path.of("/proc/self/task").toFile().list();
        return tasks == null ? 0 : tasks.length;
    }

    @Test
    void aProviderThatIsNotThereIsPassedOverAndToldWhy() {
        OnnxOptions.Builder options = OnnxOptions.builder()
                .providers(
                        ExecutionProvider.cuda(0),
                        ExecutionProvider.of("ROCM"),
                        ExecutionProvider.CPU,
                        ExecutionProvider.of("CoreML"));
        try (OnnxModel model = load(options)) {
            assertThat(relu(model)).containsExactly(1, 0, 2, 0);
            assertThat(model.runtime().providers())
                    .extracting(ProviderChoice::chosen)
                    .containsExactly(false, false, true, false);
            assertThat(model.runtime().providers().get(0).reason()).startsWith("this ONNX Runtime has only [");
            assertThat(model.runtime().providers().get(3).reason()).contains("CPU comes before it");
            assertThat(model.runtime().toString())
                    .contains("ONNX Runtime 1.", "CUDA{device_id=0}: not chosen", "CPU: chosen");
        }
    }

    @Test
    void withoutAWishTheProcessorIsChosen() {
        try (OnnxModel model = load(OnnxOptions.builder())) {
            assertThat(model.runtime().providers())
                    .containsExactly(new ProviderChoice(ExecutionProvider.CPU, true, "it runs what the others do not"));
        }
    }

    @Test
    void aProviderThatNobodyKnowsIsRefused() {
        assertThatThrownBy(() -> ExecutionProvider.of("Abacus"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Abacus")
                .hasMessageContaining("CUDA");
        assertThatThrownBy(() -> new ExecutionProvider("", Map.of())).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void weightsAreMappedWhereTheyNeedNotBeOrdered(@TempDir Path work) throws Exception {
        Path file = Files.write(work.resolve("model.onnx"), TestModels.slowRows());
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        OnnxOptions.Builder options =
                OnnxOptions.builder().intraOpThreads(1).cache(ModelCache.in(work.resolve("cache")));
        Tensor input = Tensor.floats(new float[3 * 512], 3, 512);
        try (OnnxModel first = OnnxModel.load(file, options.build());
                OnnxModel packed = OnnxModel.load(file, options.build());
                OnnxModel mapped =
                        OnnxModel.load(file, options.packing(Packing.NEVER).build())) {
            assertThat(first.runtime().fromCache()).isFalse();
            assertThat(packed.runtime().fromCache()).isTrue();
            assertThat(mapped.runtime().fromCache()).isTrue();
            assertThat(List.of(first.isPacked(), packed.isPacked(), mapped.isPacked()))
                    .containsExactly(true, true, false);
            assertThat(mapped.run(input).tensor()).isEqualTo(first.run(input).tensor());
            assertThat(packed.run(input).tensor()).isEqualTo(first.run(input).tensor());
        }
    }
}
