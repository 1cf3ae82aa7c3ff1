package dev.mlops.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SignatureTest {
    private static final Dimension BATCH = Dimension.symbolic("batch");
    private static final ValueSpec PIXELS = ValueSpec.tensor("pixels", ElementType.FLOAT, BATCH, Dimension.fixed(64));
    private static final ValueSpec SCORES = ValueSpec.tensor("scores", ElementType.FLOAT, BATCH, Dimension.fixed(10));

    private static Signature signature(List<ValueSpec> inputs, List<ValueSpec> outputs) {
        return new Signature(inputs, outputs, "", Map.of(), Map.of());
    }

    private static List<String> reasons(ValueSpec input, ValueSpec output) {
        return signature(List.of(input), List.of(output))
                .incompatibilitiesWith(signature(List.of(PIXELS), List.of(SCORES)));
    }

    @Test
    void theSameShapesAndWiderInputsAndNarrowerOutputsAreCompatible() {
        assertThat(reasons(PIXELS, SCORES)).isEmpty();
        assertThat(reasons(
                        ValueSpec.tensor("pixels", ElementType.FLOAT, Dimension.open(), Dimension.open()),
                        ValueSpec.tensor("scores", ElementType.FLOAT, Dimension.fixed(1), Dimension.fixed(10))))
                .isEmpty();
        assertThat(reasons(new ValueSpec("pixels", ValueKind.TENSOR, ElementType.FLOAT, null), SCORES))
                .isEmpty();
        ValueSpec more = ValueSpec.tensor("more", ElementType.INT64);
        assertThat(signature(List.of(PIXELS), List.of(more, SCORES))
                        .incompatibilitiesWith(signature(List.of(PIXELS), List.of(SCORES))))
                .isEmpty();
    }

    @Test
    void whatAProgramCannotGiveOrReadIsTold() {
        assertThat(reasons(
                        ValueSpec.tensor("pixels", ElementType.FLOAT, Dimension.fixed(1), Dimension.fixed(64)), SCORES))
                .containsExactly("input 'pixels: FLOAT[batch,64]' is 'pixels: FLOAT[1,64]'");
        assertThat(reasons(ValueSpec.tensor("pixels", ElementType.DOUBLE, BATCH, Dimension.fixed(64)), SCORES))
                .hasSize(1);
        assertThat(reasons(ValueSpec.tensor("image", ElementType.FLOAT, BATCH, Dimension.fixed(64)), SCORES))
                .containsExactly("input 'pixels: FLOAT[batch,64]' is gone", "input 'image: FLOAT[batch,64]' is new");
        assertThat(reasons(PIXELS, ValueSpec.tensor("scores", ElementType.FLOAT, BATCH, Dimension.open())))
                .containsExactly("output 'scores: FLOAT[batch,10]' is 'scores: FLOAT[batch,?]'");
        assertThat(reasons(PIXELS, new ValueSpec("scores", ValueKind.TENSOR, ElementType.FLOAT, null)))
                .hasSize(1);
        assertThat(reasons(PIXELS, ValueSpec.tensor("labels", ElementType.FLOAT, BATCH)))
                .containsExactly("output 'scores: FLOAT[batch,10]' is gone");
    }
}
