package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpecTest {
    private static final InstanceSpec GOOD = new InstanceSpec(
            "camera",
            "me",
            Sha256.of(new byte[1]),
            "model.onnx",
            "digits",
            "3",
            49_152,
            Resources.DEFAULT,
            Map.of("A", "1", "B", "2"),
            Map.of("deployment", "7"));

    @Test
    void acceptsAGoodSpec() {
        SpecRules.check(GOOD);
    }

    static Stream<InstanceSpec> changes() {
        return Stream.of(
                with("cam 1", "me", "model.onnx", "digits", 49_152, Resources.DEFAULT),
                with("", "me", "model.onnx", "digits", 49_152, Resources.DEFAULT),
                with("a".repeat(129), "me", "model.onnx", "digits", 49_152, Resources.DEFAULT),
                with("../camera", "me", "model.onnx", "digits", 49_152, Resources.DEFAULT),
                with("camera", " ", "model.onnx", "digits", 49_152, Resources.DEFAULT),
                with("camera", "me", "../model.onnx", "digits", 49_152, Resources.DEFAULT),
                with("camera", "me", "/model.onnx", "digits", 49_152, Resources.DEFAULT),
                with("camera", "me", "model.onnx", "--port", 49_152, Resources.DEFAULT),
                with("camera", "me", "model.onnx", "a\nb", 49_152, Resources.DEFAULT),
                with("camera", "me", "model.onnx", "digits", 0, Resources.DEFAULT),
                with("camera", "me", "model.onnx", "digits", 65_536, Resources.DEFAULT),
                with("camera", "me", "model.onnx", "digits", 1, new Resources(1 << 20, 1, 100)),
                with("camera", "me", "model.onnx", "digits", 1, new Resources(1 << 28, 0, 100)),
                with("camera", "me", "model.onnx", "digits", 1, new Resources(1 << 28, Double.NaN, 100)),
                with("camera", "me", "model.onnx", "digits", 1, new Resources(1 << 28, 1, 15)));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void refusesASpecThatBreaksARule(InstanceSpec spec) {
        assertThatThrownBy(() -> SpecRules.check(spec)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void refusesEnvironmentVariablesThatWouldBecomeOthers() {
        for (Map<String, String> environment :
                java.util.List.of(Map.of("A=B", "1"), Map.of("", "1"), Map.of("A\n", "1"), Map.of("A", "1\u0000"))) {
            assertThatThrownBy(() -> SpecRules.check(with(GOOD, environment, Map.of())))
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void labelsOfTheSpecMayNotPretendToBeOurs() {
        InstanceSpec pretending = with(GOOD, Map.of(), Map.of(Labels.OWNER, "somebody else"));

        assertThatThrownBy(() -> Labels.of(pretending, "hash")).isInstanceOf(InvalidInputException.class);
        assertThat(Labels.of(GOOD, "hash"))
                .containsEntry("deployment", "7")
                .containsEntry(Labels.OWNER, "me")
                .containsEntry(Labels.SPEC_HASH, "hash");
    }

    @Test
    void equalSpecsHaveEqualHashesWhateverTheOrderOfTheirMaps() {
        InstanceSpec same = with(GOOD, Map.of("B", "2", "A", "1"), GOOD.labels());

        assertThat(SpecHash.of(same, "127.0.0.1")).isEqualTo(SpecHash.of(GOOD, "127.0.0.1"));
    }

    @Test
    void anyChangeChangesTheHash() {
        String hash = SpecHash.of(GOOD, "127.0.0.1");
        UnaryOperator<String> other = address -> SpecHash.of(GOOD, address);

        assertThat(other.apply("0.0.0.0")).isNotEqualTo(hash);
        assertThat(SpecHash.of(with(GOOD, Map.of("A", "1", "B", "3"), GOOD.labels()), "127.0.0.1"))
                .isNotEqualTo(hash);
        assertThat(SpecHash.of(with(GOOD, GOOD.environment(), Map.of()), "127.0.0.1"))
                .isNotEqualTo(hash);
    }

    private static InstanceSpec with(
            String name, String owner, String file, String model, int port, Resources resources) {
        return new InstanceSpec(name, owner, GOOD.artifact(), file, model, "3", port, resources, Map.of(), Map.of());
    }

    private static InstanceSpec with(InstanceSpec spec, Map<String, String> environment, Map<String, String> labels) {
        return new InstanceSpec(
                spec.name(),
                spec.owner(),
                spec.artifact(),
                spec.modelFile(),
                spec.modelName(),
                spec.modelVersion(),
                spec.hostPort(),
                spec.resources(),
                environment,
                labels);
    }
}
