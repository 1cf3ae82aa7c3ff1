package dev.mlops.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.model.ModelFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelFilesTest {
    private static final ModelFile LABELS = file("labels.csv", "0,1");
    private static final ModelFile MODEL = file("model.onnx", "weights");
    private static final ModelFile OTHER = file("other.onnx", "weights");

    private static ModelFile file(String path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new ModelFile(path, bytes.length, Sha256.of(bytes));
    }

    /** What {@code sha256sum labels.csv model.onnx | sed 's/  / /' | sha256sum} prints. */
    @Test
    void theDigestIsThatOfOneLineForEachFile() {
        String lines = LABELS.sha256() + " labels.csv\n" + MODEL.sha256() + " model.onnx\n";

        assertThat(ModelFiles.digest(List.of(LABELS, MODEL)))
                .isEqualTo(ModelFiles.digest(List.of(MODEL, LABELS)))
                .isEqualTo(Sha256.of(lines.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theModelIsTheOnlyOnnxFileOrTheFirstFile() {
        assertThat(ModelFiles.main(List.of(LABELS, MODEL))).isEqualTo(MODEL);
        assertThat(ModelFiles.main(List.of(LABELS, MODEL, OTHER))).isEqualTo(LABELS);
        assertThat(ModelFiles.main(List.of(LABELS))).isEqualTo(LABELS);
    }
}
