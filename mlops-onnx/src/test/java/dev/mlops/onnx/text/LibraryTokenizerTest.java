package dev.mlops.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Pipeline;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer of Hugging Face's native library and the encoder of a sentence, as the Javadoc of {@link Tokenizer} has it. */
class LibraryTokenizerTest {
    static {
        // The native library is in the jar; it is unpacked where the build may write, and no server is asked.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty(
                "ENGINE_CACHE_DIR", Path.of("target", "djl").toAbsolutePath().toString());
    }

    private static final int WIDTH = 3;
    private static final List<String> VOCABULARY =
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "cat", "sat", "play", "##ing", "##ed", "élan");

    private HuggingFaceTokenizer library;
    private OnnxModel encoder;
    private TokenTensors tensors;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"), tokenizerJson());
        library = HuggingFaceTokenizer.builder()
                .optTokenizerPath(file)
                .optPadding(false)
                .optTruncation(false)
                .build();
        encoder = OnnxModel.load("encoder", encoder(), OnnxOptions.DEFAULT);
        tensors = TokenTensors.builder(encoder.signature())
                .maxLength(6)
                .keptAtEnd(1)
                .build();
    }

    @AfterEach
    void close() {
        library.close();
        encoder.close();
    }

    private Tokens tokenize(String text) {
        Encoding encoding = library.encode(text);
        return new Tokens(encoding.getIds(), encoding.getAttentionMask(), encoding.getTypeIds());
    }

    /** A WordPiece tokenizer as BERT has it, with these few words. */
    private static String tokenizerJson() {
        List<String> words = IntStream.range(0, VOCABULARY.size())
                .mapToObj(i -> "\"%s\": %d".formatted(VOCABULARY.get(i), i))
                .toList();
        return """
                {
                  "version": "1.0",
                  "truncation": null,
                  "padding": null,
                  "added_tokens": [],
                  "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                    "strip_accents": false, "lowercase": true},
                  "pre_tokenizer": {"type": "BertPreTokenizer"},
                  "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
                  "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
                  "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                    "max_input_chars_per_word": 100, "vocab": {%s}}
                }
                """.formatted(String.join(", ", words));
    }

    /**
     * A layer of self-attention over the embeddings of the tokens and their types, without a look at padding, and the mean of
     * what it gives for each token: FLOAT[texts, 3].
     */
    private static byte[] encoder() {
        GraphProto.Builder graph = TestModels.graph(
                TestModels.node("Gather", "words,input_ids", "word"),
                TestModels.node("Gather", "types,token_type_ids", "type"),
                TestModels.node("Add", "word,type", "tokens"),
                with(TestModels.node("Transpose", "tokens", "keys"), ints("perm", 0, 2, 1)),
                TestModels.node("MatMul", "tokens,keys", "scores"),
                with(TestModels.node("Cast", "attention_mask", "mask"), number("to", ElementType.FLOAT.onnxNumber())),
                TestModels.node("Sub", "mask,one", "absent"),
                TestModels.node("Mul", "absent,large", "penalty"),
                TestModels.node("Unsqueeze", "penalty,first", "penalties"),
                TestModels.node("Add", "scores,penalties", "masked"),
                TestModels.node("Softmax", "masked", "shares"),
                TestModels.node("MatMul", "shares,tokens", "mixed"),
                TestModels.node("Unsqueeze", "mask,second", "column"),
                TestModels.node("Mul", "mixed,column", "kept"),
                with(TestModels.node("ReduceSum", "kept,first", "sum"), number("keepdims", 0)),
                with(TestModels.node("ReduceSum", "mask,first", "count"), number("keepdims", 1)),
                TestModels.node("Div", "sum,count", "sentence"));
        for (String input : List.of("input_ids", "attention_mask", "token_type_ids")) {
            graph.addInput(TestModels.value(input, TestModels.tensor(ElementType.INT64, "texts", "length")));
        }
        graph.addInitializer(table("words", VOCABULARY.size()))
                .addInitializer(table("types", 2))
                .addInitializer(scalar("one", 1))
                .addInitializer(scalar("large", 10_000))
                .addInitializer(axis("first", 1))
                .addInitializer(axis("second", 2))
                .addOutput(TestModels.value("sentence", TestModels.tensor(ElementType.FLOAT, "texts", WIDTH)));
        return TestModels.model(graph);
    }

    private static NodeProto with(NodeProto node, AttributeProto.Builder attribute) {
        return node.toBuilder().addAttribute(attribute).build();
    }

    private static AttributeProto.Builder number(String name, int value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value);
    }

    private static AttributeProto.Builder ints(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute;
    }

    /** Rows that are far from one another. */
    private static TensorProto table(String name, int rows) {
        TensorProto.Builder table = TensorProto.newBuilder()
                .setName(name)
                .setDataType(ElementType.FLOAT.onnxNumber())
                .addDims(rows)
                .addDims(WIDTH);
        for (int i = 0; i < rows * WIDTH; i++) {
            table.addFloatData((float) Math.sin(i * i + 1));
        }
        return table.build();
    }

    private static TensorProto scalar(String name, float value) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(ElementType.FLOAT.onnxNumber())
                .addFloatData(value)
                .build();
    }

    private static TensorProto axis(String name, long value) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(ElementType.INT64.onnxNumber())
                .addDims(1)
                .addInt64Data(value)
                .build();
    }

    @Test
    void wordsAreCutInPiecesPaddedAndTruncated() {
        Map<String, Tensor> inputs = tensors.tokenizing(this::tokenize)
                .apply(List.of("The cat played.", "ÉLAN 😀", "", "the cat sat playing playing"));

        assertThat(inputs)
                .containsOnly(
                        Map.entry(
                                "input_ids",
                                Tensor.longs(
                                        new long[] {
                                            2, 4, 5, 7, 9, 3, 2, 10, 1, 3, 0, 0, 2, 3, 0, 0, 0, 0, 2, 4, 5, 6, 7, 3
                                        },
                                        4,
                                        6)),
                        Map.entry(
                                "attention_mask",
                                Tensor.longs(
                                        new long[] {
                                            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1
                                        },
                                        4,
                                        6)),
                        Map.entry("token_type_ids", Tensor.longs(new long[24], 4, 6)));
    }

    @Test
    void sentencesAreTheSameAloneAndBesideLongerOnes() {
        Pipeline<List<String>, Tensor> pipeline =
                Pipeline.of(tensors.tokenizing(this::tokenize), encoder::run, result -> result.tensor("sentence"));

        float[] together = pipeline.run(List.of("the cat sat", "THE CAT", "the cat played", "the dog"))
                .floats();

        assertThat(together).hasSize(4 * WIDTH);
        assertThat(row(together, 1))
                .containsExactly(pipeline.run(List.of("the cat")).floats(), within(1e-5f));
        assertThat(row(together, 3))
                .containsExactly(pipeline.run(List.of("the owl")).floats(), within(1e-5f));
        assertThat(IntStream.range(0, 4).mapToObj(i -> Arrays.toString(row(together, i))))
                .doesNotHaveDuplicates();
    }

    private static float[] row(float[] sentences, int index) {
        return Arrays.copyOfRange(sentences, index * WIDTH, (index + 1) * WIDTH);
    }
}
