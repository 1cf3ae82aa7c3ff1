package dev.mlops.onnx.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Signature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTest {
    private static Signature signature(String names) {
        return new Signature(List.of(), List.of(), "", Map.of(), Map.of("names", names));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cat,sea lion, dog",
                "[\"cat\", \"sea lion\", \"dog\"]",
                "{0: 'cat', 1: 'sea lion', 2: 'dog'}",
                "{\"2\": \"dog\", \"0\": \"cat\", \"1\": \"sea lion\"}"
            })
    void metadataIsReadInEachForm(String text) {
        Labels labels = Labels.ofMetadata(signature(text), "names");

        assertThat(labels.names()).containsExactly("cat", "sea lion", "dog");
        assertThat(labels.of(1)).isEqualTo("sea lion");
        assertThat(labels.index("dog")).hasValue(2);
        assertThat(labels.index("cow")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a,,b",
                "[",
                "[]",
                "{}",
                "{0: 'cat', 2: 'dog'}",
                "['a', ['b']]",
                "['a'] x",
                "{0: 'a'",
                "['a', null]"
            })
    void otherMetadataIsRefused(String text) {
        assertThatThrownBy(() -> Labels.ofMetadata(signature(text), "names")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void keysThatAreNotThereAreNamed() {
        assertThatThrownBy(() -> Labels.ofMetadata(signature("a"), "labels"))
                .hasMessageContaining("labels")
                .hasMessageContaining("[names]");
        assertThatThrownBy(() -> Labels.numbered(3).of(3)).hasMessageContaining("there are 3");
    }

    @Test
    void filesHaveALabelOnEachLine(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("labels.txt");
        Files.writeString(file, "cat\r\nsea lion\nKätzchen\n\n");
        assertThat(Labels.read(file).names()).containsExactly("cat", "sea lion", "Kätzchen");

        Files.writeString(file, "\ufeffcat\n");
        assertThat(Labels.read(file).names()).containsExactly("cat");

        Files.writeString(file, "cat\n\ndog\n");
        assertThatThrownBy(() -> Labels.read(file)).hasMessageContaining("no label for class 1");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> Labels.read(file)).hasMessageContaining("no UTF-8");
        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> Labels.read(file)).isInstanceOf(InvalidInputException.class);
        Files.write(file, new byte[(16 << 20) + 1]);
        assertThatThrownBy(() -> Labels.read(file)).hasMessageContaining("more than");
        assertThatThrownBy(() -> Labels.read(directory.resolve("none"))).hasMessageContaining("does not exist");
    }
}
