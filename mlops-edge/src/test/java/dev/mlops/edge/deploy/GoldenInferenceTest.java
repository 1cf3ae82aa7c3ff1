package dev.mlops.edge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GoldenInferenceTest {
    @Test
    void sendsZerosWithOpenDimensionsOfOne() {
        Optional<String> body = body(
                ValueSpec.tensor("x", ElementType.FLOAT, Dimension.symbolic("batch"), Dimension.fixed(3)),
                ValueSpec.tensor("mask", ElementType.BOOL, Dimension.open()),
                ValueSpec.tensor("text", ElementType.STRING));

        assertThat(body.orElseThrow())
                .contains("{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[0,0,0]}")
                .contains("{\"name\":\"mask\",\"datatype\":\"BOOL\",\"shape\":[1],\"data\":[false]}")
                .contains("{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[],\"data\":[\"\"]}");
    }

    @Test
    void escapesNames() {
        assertThat(body(ValueSpec.tensor("a\"b\n", ElementType.INT64)).orElseThrow())
                .contains("\"name\":\"a\\\"b\\n\"");
    }

    @Test
    void asksNothingOfWhatJsonCannotSay() {
        assertThat(body(ValueSpec.tensor("x", ElementType.BFLOAT16, Dimension.fixed(1))))
                .isEmpty();
        assertThat(body(new ValueSpec("x", ValueKind.SEQUENCE, ElementType.FLOAT, null)))
                .isEmpty();
        assertThat(body(new ValueSpec("x", ValueKind.TENSOR, ElementType.FLOAT, null)))
                .isEmpty();
        assertThat(body(new ValueSpec("x", ValueKind.TENSOR, null, List.of()))).isEmpty();
        assertThat(GoldenInference.body(null)).isEmpty();
    }

    @Test
    void asksNothingThatWouldBeHuge() {
        Dimension large = Dimension.fixed(Long.MAX_VALUE);

        assertThat(body(ValueSpec.tensor("x", ElementType.FLOAT, large, large))).isEmpty();
        assertThat(body(ValueSpec.tensor("x", ElementType.FLOAT, Dimension.fixed(3_000), Dimension.fixed(3_000))))
                .isEmpty();
    }

    private static Optional<String> body(ValueSpec... inputs) {
        return GoldenInference.body(new Signature(List.of(inputs), List.of(), "", Map.of(), Map.of()));
    }
}
