package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.model.ElementType;
import dev.mlops.core.onnx.OnnxSignatureReader;
import dev.mlops.onnx.testing.TestModels;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX Runtime and the reader of mlops-core, which knows nothing of it, see the same in a file. */
class SignatureComparisonTest {
    @TempDir
    Path directory;

    static Stream<byte[]> models() {
        List<byte[]> models = new ArrayList<>(List.of(
                TestModels.relu(),
                TestModels.twoInputs(),
                TestModels.linear(),
                TestModels.zipMap("a", "b"),
                TestModels.sequenceOf(ElementType.FLOAT),
                TestModels.anyRank(),
                TestModels.lookup(),
                TestModels.identity(ElementType.INT64),
                TestModels.identity(ElementType.FLOAT, null, "n", 0, 7)));
        for (ElementType type : List.of(
                ElementType.DOUBLE,
                ElementType.INT32,
                ElementType.INT16,
                ElementType.INT8,
                ElementType.UINT8,
                ElementType.BOOL,
                ElementType.STRING,
                ElementType.FLOAT16,
                ElementType.BFLOAT16)) {
            models.add(TestModels.identity(type, "n", 2));
        }
        return models.stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void bothReadTheSameSignature(byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("model.onnx"), bytes);
        try (OnnxModel model = OnnxModel.load(file);
                OnnxModel fromBytes = OnnxModel.load("model.onnx", bytes, OnnxOptions.DEFAULT)) {
            assertThat(model.signature())
                    .isEqualTo(OnnxSignatureReader.read(file))
                    .isEqualTo(OnnxSignatureReader.read("model.onnx", new ByteArrayInputStream(bytes)))
                    .isEqualTo(fromBytes.signature());
        }
    }

    @Test
    void tellsProducerOperatorSetsAndMetadata() {
        try (OnnxModel model = OnnxModel.load("m", TestModels.twoInputs(), OnnxOptions.DEFAULT)) {
            assertThat(model.signature().producer()).isEqualTo("mlops-tests 1");
            assertThat(model.signature().opsets()).containsEntry("", 18L).containsEntry("ai.onnx.ml", 3L);
            assertThat(model.signature().metadata()).containsEntry("task", "arithmetic");
        }
    }
}
