package dev.mlops.onnx.text;

/**
 * Makes tokens of a text, by a library of the host's choice, which should neither pad nor cut: {@link TokenTensors} does.
 * Thread-safe if the library is. With {@code ai.djl.huggingface:tokenizers}, which reads the {@code tokenizer.json} of a
 * model:
 *
 * <pre>{@code
 * HuggingFaceTokenizer library = HuggingFaceTokenizer.builder()
 *         .optTokenizerPath(Path.of("tokenizer.json"))
 *         .optPadding(false)
 *         .optTruncation(false)
 *         .build(); // closed by the host
 * Tokenizer tokenizer = text -> {
 *     Encoding encoding = library.encode(text);
 *     return new Tokens(encoding.getIds(), encoding.getAttentionMask(), encoding.getTypeIds());
 * };
 * }</pre>
 */
@FunctionalInterface
public interface Tokenizer {
    /** The tokens of a text, with those that the model wants at its beginning and end. */
    Tokens tokenize(String text);
}
