package dev.mlops.onnx.text;

import static java.util.Objects.requireNonNull;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Stage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Makes the inputs of a model out of the tokens of texts, one row for each: {@code input_ids}, {@code attention_mask} and
 * {@code token_type_ids}, those of them that the model has, of shape [texts, length]. Texts that are too long are cut at
 * the end, and shorter ones are filled up at the end with the padding token, mask 0 and type 0. Immutable and thread-safe.
 *
 * <pre>{@code
 * Stage<List<String>, Map<String, Tensor>> inputs =
 *         TokenTensors.of(model.signature()).tokenizing(tokenizer);
 * }</pre>
 */
public final class TokenTensors implements Stage<List<Tokens>, Map<String, Tensor>> {
    private static final Map<String, Function<Tokens, long[]>> INPUTS = Map.of(
            "input_ids", Tokens::ids,
            "attention_mask", Tokens::attentionMask,
            "token_type_ids", Tokens::typeIds);

    private final Map<String, ElementType> inputs;
    private final int maxLength;
    private final int fixedLength;
    private final int keptAtEnd;
    private final long paddingId;

    private TokenTensors(Builder builder) {
        inputs = Map.copyOf(builder.inputs);
        maxLength = builder.maxLength;
        fixedLength = builder.fixedLength;
        keptAtEnd = builder.keptAtEnd;
        paddingId = builder.paddingId;
        if (keptAtEnd > maxLength) {
            throw new InvalidInputException("keptAtEnd", keptAtEnd, "must not exceed maxLength, " + maxLength);
        }
    }

    /** For a model, with the defaults of {@link Builder}; see {@link #builder}. */
    public static TokenTensors of(Signature signature) {
        return builder(signature).build();
    }

    /**
     * A builder for a model.
     *
     * @throws InvalidInputException if the model has an input of another name, element type than INT64 and INT32, or rank
     *     than 2, has no {@code input_ids}, or wants different lengths; names the input
     */
    public static Builder builder(Signature signature) {
        return new Builder(signature);
    }

    /** Texts to inputs by this tokenizer. */
    public Stage<List<String>, Map<String, Tensor>> tokenizing(Tokenizer tokenizer) {
        return Stage.<String, Tokens>of("tokenize", tokenizer::tokenize).each().then(named("tensors"));
    }

    @Override
    public Map<String, Tensor> apply(List<Tokens> texts) {
        if (texts.isEmpty()) {
            throw new InvalidInputException("texts", texts, "must be one at least");
        }
        List<Tokens> cut = texts.stream().map(this::cut).toList();
        int longest = cut.stream().mapToInt(Tokens::size).max().orElse(0);
        int length = fixedLength > 0 ? fixedLength : Math.max(longest, 1);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        inputs.forEach((name, type) -> tensors.put(name, tensor(name, type, cut, length)));
        return tensors;
    }

    private Tokens cut(Tokens tokens) {
        return tokens.size() <= maxLength ? tokens : tokens.cut(maxLength, keptAtEnd);
    }

    private Tensor tensor(String name, ElementType type, List<Tokens> texts, int length) {
        long size = (long) texts.size() * length;
        if (size > Integer.MAX_VALUE) {
            throw new InvalidInputException(
                    "texts", texts.size(), "of " + length + " tokens are too many for one tensor");
        }
        long[] values = new long[(int) size];
        if (name.equals("input_ids")) {
            Arrays.fill(values, paddingId);
        }
        for (int i = 0; i < texts.size(); i++) {
            long[] row = requireNonNull(INPUTS.get(name)).apply(texts.get(i));
            System.arraycopy(row, 0, values, i * length, row.length);
        }
        return type == ElementType.INT64
                ? Tensor.longs(values, texts.size(), length)
                : Tensor.ints(ints(name, values), texts.size(), length);
    }

    private static int[] ints(String name, long[] values) {
        int[] narrow = new int[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (int) values[i];
            if (narrow[i] != values[i]) {
                throw new InvalidInputException(name, values[i], "is no INT32, which the model takes");
            }
        }
        return narrow;
    }

    /** Builds token tensors; not thread-safe. */
    public static final class Builder {
        private static final int MOST_TOKENS = 1 << 20;

        private final Map<String, ElementType> inputs = new LinkedHashMap<>();
        private int maxLength = 512;
        private int fixedLength;
        private int keptAtEnd;
        private long paddingId;

        private Builder(Signature signature) {
            for (ValueSpec input : signature.inputs()) {
                add(input);
            }
            if (!inputs.containsKey("input_ids")) {
                throw new InvalidInputException("model", signature, "has no input 'input_ids'");
            }
            if (fixedLength > 0) {
                maxLength = fixedLength;
            }
        }

        private void add(ValueSpec input) {
            ElementType type = input.elementType();
            List<Dimension> shape = input.shape();
            if (!INPUTS.containsKey(input.name()) || (type != ElementType.INT64 && type != ElementType.INT32)) {
                throw wrong(input, "is not one of INT64 or INT32 named " + INPUTS.keySet());
            }
            if (shape == null || shape.size() != 2) {
                throw wrong(input, "must have the shape [texts, length]");
            }
            Dimension length = shape.get(1);
            if (!length.isOpen()) {
                if (length.size() < 1
                        || length.size() > MOST_TOKENS
                        || (fixedLength > 0 && fixedLength != length.size())) {
                    throw wrong(input, "must have a length of 1 to " + MOST_TOKENS + ", the same as the others");
                }
                fixedLength = (int) length.size();
            }
            inputs.put(input.name(), type);
        }

        private static InvalidInputException wrong(ValueSpec input, String rule) {
            return new InvalidInputException("input '" + input.name() + "'", input, rule);
        }

        /**
         * The most tokens that a text keeps; by default the length that the model fixes, else 512. A length that the model
         * fixes cannot be exceeded.
         */
        public Builder maxLength(int tokens) {
            int most = fixedLength > 0 ? fixedLength : MOST_TOKENS;
            if (tokens < 1 || tokens > most) {
                throw new InvalidInputException("maxLength", tokens, "must be 1 to " + most);
            }
            maxLength = tokens;
            return this;
        }

        /** Fills all texts up to this length, which is the new maximum too; by default to that of the longest of a batch. */
        public Builder length(int tokens) {
            maxLength(tokens);
            if (fixedLength > 0 && tokens != fixedLength) {
                throw new InvalidInputException("length", tokens, "must be that of the model, " + fixedLength);
            }
            fixedLength = tokens;
            return this;
        }

        /** How many tokens at the end stay when a text is cut, such as 1 for the {@code [SEP]} of BERT; 0 by default. */
        public Builder keptAtEnd(int tokens) {
            if (tokens < 0) {
                throw new InvalidInputException("keptAtEnd", tokens, "must not be negative");
            }
            keptAtEnd = tokens;
            return this;
        }

        /** The id of the padding token; 0 by default. */
        public Builder paddingId(long id) {
            paddingId = id;
            return this;
        }

        /** The token tensors. */
        public TokenTensors build() {
            return new TokenTensors(this);
        }
    }
}
