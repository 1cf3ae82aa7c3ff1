package dev.mlops.onnx.text;

import dev.mlops.api.error.InvalidInputException;
import java.util.Arrays;

/** The tokens of one text. Immutable and thread-safe: arrays are copied on the way in and on the way out. */
public final class Tokens {
    private final long[] ids;
    private final long[] attentionMask;
    private final long[] typeIds;

    /**
     * Makes tokens.
     *
     * @param ids the number of each token in the vocabulary of the model
     * @param attentionMask for each token 1, or 0 where the model should not look
     * @param typeIds for each token the number of the text that it is of, where there are several
     */
    public Tokens(long[] ids, long[] attentionMask, long[] typeIds) {
        if (attentionMask.length != ids.length || typeIds.length != ids.length) {
            throw new InvalidInputException(
                    "tokens",
                    "%d ids, %d of the mask, %d types".formatted(ids.length, attentionMask.length, typeIds.length),
                    "must be equally many");
        }
        this.ids = ids.clone();
        this.attentionMask = attentionMask.clone();
        this.typeIds = typeIds.clone();
    }

    /** Tokens of a single text, all to be looked at. */
    public static Tokens of(long... ids) {
        long[] mask = new long[ids.length];
        Arrays.fill(mask, 1);
        return new Tokens(ids, mask, new long[ids.length]);
    }

    /** How many tokens there are. */
    public int size() {
        return ids.length;
    }

    /** The number of each token in the vocabulary. */
    public long[] ids() {
        return ids.clone();
    }

    /** For each token 1, or 0 where the model should not look. */
    public long[] attentionMask() {
        return attentionMask.clone();
    }

    /** For each token the number of the text that it is of. */
    public long[] typeIds() {
        return typeIds.clone();
    }

    /** The first tokens, so many, of which those at the end are the last ones of all. */
    Tokens cut(int size, int kept) {
        return new Tokens(cut(ids, size, kept), cut(attentionMask, size, kept), cut(typeIds, size, kept));
    }

    private static long[] cut(long[] values, int size, int kept) {
        long[] shorter = Arrays.copyOf(values, size);
        System.arraycopy(values, values.length - kept, shorter, size - kept, kept);
        return shorter;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tokens that
                && Arrays.equals(ids, that.ids)
                && Arrays.equals(attentionMask, that.attentionMask)
                && Arrays.equals(typeIds, that.typeIds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    /** How many there are; the ids tell the text, which may be private. */
    @Override
    public String toString() {
        return ids.length + " tokens";
    }
}
