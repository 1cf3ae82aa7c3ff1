package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.testkit.device.ContractModel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    @Test
    void isReadBackAsItWasWritten() {
        Manifest manifest = Manifest.of(ContractModel.artifact("labels"));

        assertThat(Manifest.fromJson(manifest.toJson())).contains(manifest);
        assertThat(manifest.files()).containsOnlyKeys("model.onnx", "docs/labels.txt");
    }

    @Test
    void toleratesFieldsOfALaterVersion() {
        String later =
                "{\"format\":1,\"digest\":\"d\",\"by\":\"x\",\"files\":[{\"path\":\"a\",\"sha256\":\"b\",\"c\":1}]}";

        assertThat(Manifest.fromJson(later.getBytes(StandardCharsets.UTF_8)))
                .hasValueSatisfying(manifest -> assertThat(manifest.files()).containsEntry("a", "b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{}", "{\"format\":2,\"digest\":\"d\"}", "\u0000\u0001"})
    void takesAnythingElseForUnfinished(String text) {
        assertThat(Manifest.fromJson(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }
}
