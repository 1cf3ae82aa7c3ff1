package dev.mlops.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Pipeline;
import dev.mlops.onnx.testing.TestModels;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TokenTensorsTest {
    private static final Dimension OPEN = Dimension.open();

    /** Words of a vocabulary between a token for the beginning and one for the end. */
    private record WordTokenizer(List<String> vocabulary) implements Tokenizer {
        private static final long UNKNOWN = 1;
        private static final long BEGIN = 2;
        private static final long END = 3;
        private static final long FIRST_WORD = 4;

        @Override
        public Tokens tokenize(String text) {
            LongStream words = Arrays.stream(text.toLowerCase(Locale.ROOT).split("\\s+"))
                    .filter(word -> !word.isEmpty())
                    .mapToLong(this::id);
            return Tokens.of(LongStream.concat(LongStream.concat(LongStream.of(BEGIN), words), LongStream.of(END))
                    .toArray());
        }

        private long id(String word) {
            int place = vocabulary.indexOf(word);
            return place < 0 ? UNKNOWN : place + FIRST_WORD;
        }
    }

    private static final Tokenizer TOKENIZER = new WordTokenizer(List.of("the", "cat", "sat"));

    private static Signature signature(ValueSpec... inputs) {
        return new Signature(List.of(inputs), List.of(), "", Map.of(), Map.of());
    }

    private static ValueSpec input(String name, ElementType type, Dimension length) {
        return ValueSpec.tensor(name, type, OPEN, length);
    }

    @Test
    void textsArePaddedToTheLongest() {
        TokenTensors tensors = TokenTensors.builder(signature(
                        input("input_ids", ElementType.INT64, OPEN),
                        input("attention_mask", ElementType.INT64, OPEN),
                        input("token_type_ids", ElementType.INT32, OPEN)))
                .paddingId(9)
                .build();

        assertThat(tensors.tokenizing(TOKENIZER).apply(List.of("The cat", "a")))
                .containsOnly(
                        Map.entry("input_ids", Tensor.longs(new long[] {2, 4, 5, 3, 2, 1, 3, 9}, 2, 4)),
                        Map.entry("attention_mask", Tensor.longs(new long[] {1, 1, 1, 1, 1, 1, 1, 0}, 2, 4)),
                        Map.entry("token_type_ids", Tensor.ints(new int[8], 2, 4)));
    }

    @Test
    void longTextsAreCutAndKeepTheirEnd() {
        Signature idsOnly = signature(input("input_ids", ElementType.INT32, OPEN));

        assertThat(TokenTensors.builder(idsOnly)
                        .maxLength(3)
                        .build()
                        .tokenizing(TOKENIZER)
                        .apply(List.of("the cat sat")))
                .isEqualTo(Map.of("input_ids", Tensor.ints(new int[] {2, 4, 5}, 1, 3)));
        assertThat(TokenTensors.builder(idsOnly)
                        .maxLength(3)
                        .keptAtEnd(1)
                        .build()
                        .tokenizing(TOKENIZER)
                        .apply(List.of("the cat sat")))
                .isEqualTo(Map.of("input_ids", Tensor.ints(new int[] {2, 4, 3}, 1, 3)));
    }

    @Test
    void theLengthOfTheModelIsKept() {
        Signature fixed = signature(input("input_ids", ElementType.INT64, Dimension.fixed(5)));

        assertThat(TokenTensors.of(fixed).tokenizing(TOKENIZER).apply(List.of("cat")))
                .isEqualTo(Map.of("input_ids", Tensor.longs(new long[] {2, 5, 3, 0, 0}, 1, 5)));
        assertThatThrownBy(() -> TokenTensors.builder(fixed).maxLength(6)).hasMessageContaining("1 to 5");
        assertThatThrownBy(() -> TokenTensors.builder(fixed).length(4)).hasMessageContaining("of the model, 5");
        assertThat(TokenTensors.builder(signature(input("input_ids", ElementType.INT64, OPEN)))
                        .length(4)
                        .build()
                        .apply(List.of(Tokens.of()))
                        .get("input_ids"))
                .isEqualTo(Tensor.longs(new long[4], 1, 4));
    }

    @Test
    void otherModelsAndTokensAreRefused() {
        assertThatThrownBy(() -> TokenTensors.of(signature(input("pixels", ElementType.INT64, OPEN))))
                .hasMessageContaining("pixels");
        assertThatThrownBy(() -> TokenTensors.of(signature(input("input_ids", ElementType.FLOAT, OPEN))))
                .hasMessageContaining("INT64 or INT32");
        assertThatThrownBy(() -> TokenTensors.of(signature(input("attention_mask", ElementType.INT64, OPEN))))
                .hasMessageContaining("no input 'input_ids'");
        assertThatThrownBy(() -> TokenTensors.of(signature(ValueSpec.tensor("input_ids", ElementType.INT64, OPEN))))
                .hasMessageContaining("[texts, length]");
        assertThatThrownBy(() -> TokenTensors.of(signature(
                        input("input_ids", ElementType.INT64, Dimension.fixed(5)),
                        input("attention_mask", ElementType.INT64, Dimension.fixed(6)))))
                .hasMessageContaining("same as the others");
        TokenTensors narrow = TokenTensors.of(signature(input("input_ids", ElementType.INT32, OPEN)));
        assertThatThrownBy(() -> narrow.apply(List.of(Tokens.of(1L << 40)))).hasMessageContaining("no INT32");
        assertThatThrownBy(() -> narrow.apply(List.of())).hasMessageContaining("one at least");
        assertThatThrownBy(() -> new Tokens(new long[1], new long[2], new long[1]))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> narrow.tokenizing(text -> {
                            throw new IllegalStateException("no vocabulary");
                        })
                        .apply(List.of("cat")))
                .hasMessageContaining("stage 'tokenize'")
                .hasMessageContaining("no vocabulary");
    }

    /** What is padding does not count: y = input_ids * attention_mask. */
    @Test
    void aModelRunsOnTexts() {
        byte[] bytes = TestModels.model(TestModels.graph(TestModels.node("Mul", "input_ids,attention_mask", "y"))
                .addInput(TestModels.value("input_ids", TestModels.tensor(ElementType.INT64, "texts", "length")))
                .addInput(TestModels.value("attention_mask", TestModels.tensor(ElementType.INT64, "texts", "length")))
                .addOutput(TestModels.value("y", TestModels.tensor(ElementType.INT64, "texts", "length"))));
        try (OnnxModel model = OnnxModel.load("masked", bytes, OnnxOptions.DEFAULT)) {
            Pipeline<List<String>, Tensor> pipeline = Pipeline.of(
                    TokenTensors.builder(model.signature()).paddingId(7).build().tokenizing(TOKENIZER),
                    model::run,
                    result -> result.tensor("y"));

            assertThat(pipeline.run(List.of("sat", "the cat sat")))
                    .isEqualTo(Tensor.longs(new long[] {2, 6, 3, 0, 0, 2, 4, 5, 6, 3}, 2, 5));
        }
    }
}
