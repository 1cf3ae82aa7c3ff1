package dev.mlops.api.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.dataset.DatasetRef;
import dev.mlops.api.error.InvalidInputException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRefTest {
    @ParameterizedTest
    @ValueSource(strings = {"digits:3", "digits@champion", "p/digits:0.0.1", "p/digits@latest", "A-b_c@x-1"})
    void textFormsAreReadAndWrittenAlike(String text) {
        assertThat(ModelRef.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "digits",
                "digits:",
                "digits@",
                "digits:x",
                "digits:1@a",
                "a/b/c:1",
                ":1",
                "@x",
                "d:1.2",
                "d@v1"
            })
    void refusesOtherForms(String text) {
        assertThatThrownBy(() -> ModelRef.parse(text)).isInstanceOf(InvalidInputException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"digits", "digits:V001", "p/digits", "p/digits:my-version", "digits@clean", "p/digits@main"})
    void dataSetReferencesAreReadAndWrittenAlike(String text) {
        assertThat(DatasetRef.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b/c", "d:", "/d", "d@", "d@a@b", "d@a:b", "d:a@b", "d:a:b"})
    void refusesOtherDataSetForms(String text) {
        assertThatThrownBy(() -> DatasetRef.parse(text)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void documentsNeedAnHttpAddress() {
        assertThat(new ModelDocument("card", URI.create("https://example.org/card.md")).name())
                .isEqualTo("card");
        assertThatThrownBy(() -> new ModelDocument("card", URI.create("file:///etc/passwd")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("document url");
    }

    @Test
    void signaturesReadWell() {
        ValueSpec input = ValueSpec.tensor(
                "pixels", ElementType.FLOAT, Dimension.symbolic("batch"), Dimension.fixed(64), Dimension.open());

        assertThat(input).hasToString("pixels: FLOAT[batch,64,?]");
        assertThat(new ValueSpec("m", ValueKind.SEQUENCE, ElementType.INT64, null))
                .hasToString("m: sequence of INT64");
    }

    @Test
    void elementTypesAreFoundByNumberAndProtocolName() {
        for (ElementType type : ElementType.values()) {
            assertThat(ElementType.ofOnnxNumber(type.onnxNumber())).isEqualTo(type);
            assertThat(ElementType.ofProtocolName(type.protocolName())).isEqualTo(type);
        }
        assertThatThrownBy(() -> ElementType.ofOnnxNumber(0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> ElementType.ofProtocolName("float")).hasMessageContaining("FP32");
    }
}
