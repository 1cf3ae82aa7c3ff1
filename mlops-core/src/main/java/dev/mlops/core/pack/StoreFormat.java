package dev.mlops.core.pack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import java.io.IOException;

/**
 * How a store cuts, packs and compresses: fixed when the store is made, and kept in its object {@code store.json}. Two
 * stores with the same cuts share chunks. Immutable.
 *
 * @param chunkMin the least length of a chunk that is not the last, at least 64
 * @param chunkAverage about the average length, a power of two above {@code chunkMin}
 * @param chunkMax the greatest length of a chunk, and of a content that is not cut; above {@code chunkAverage}, at most
 *     16 MiB
 * @param packBytes the greatest length of a pack without its footer; room for a chunk of {@code chunkMax}, at most 1 GiB
 * @param level the zstd level of new blobs, 1 to 19; readers need not know it
 */
public record StoreFormat(int chunkMin, int chunkAverage, int chunkMax, int packBytes, int level) {
    /** The key of the object that holds it. */
    public static final String KEY = "store.json";

    /** 64 KiB, 256 KiB, 1 MiB; packs of 32 MiB; zstd level 2. */
    public static final StoreFormat DEFAULTS = new StoreFormat(64 << 10, 256 << 10, 1 << 20, 32 << 20, 2);

    /** No blob is longer than this, in any store. */
    public static final int MAX_BLOB = 16 << 20;

    private static final String NAME = "mlops-content";
    private static final int VERSION = 1;
    private static final int MIN_CHUNK = 64;
    private static final int MAX_PACK = 1 << 30;
    private static final int MAX_LEVEL = 19;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectReader READER = JSON.reader()
            .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY, DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Checks the bounds. */
    public StoreFormat {
        if (chunkMin < MIN_CHUNK) {
            throw new InvalidInputException("chunkMin", chunkMin, "must be at least " + MIN_CHUNK);
        }
        if (chunkAverage <= chunkMin || Integer.bitCount(chunkAverage) != 1) {
            throw new InvalidInputException(
                    "chunkAverage", chunkAverage, "must be a power of two above chunkMin " + chunkMin);
        }
        if (chunkMax <= chunkAverage || chunkMax > MAX_BLOB) {
            throw new InvalidInputException(
                    "chunkMax",
                    chunkMax,
                    "must be above chunkAverage %d, at most %d".formatted(chunkAverage, MAX_BLOB));
        }
        if (packBytes < chunkMax + PackLayout.HEADER || packBytes > MAX_PACK) {
            throw new InvalidInputException(
                    "packBytes", packBytes, "must be %d to %d".formatted(chunkMax + PackLayout.HEADER, MAX_PACK));
        }
        if (level < 1 || level > MAX_LEVEL) {
            throw new InvalidInputException("level", level, "must be 1 to " + MAX_LEVEL);
        }
    }

    /** The text of {@code store.json}. */
    public String toJson() {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", NAME);
        json.put("version", VERSION);
        json.put("chunkMin", chunkMin);
        json.put("chunkAverage", chunkAverage);
        json.put("chunkMax", chunkMax);
        json.put("packBytes", packBytes);
        json.put("level", level);
        return json + "\n";
    }

    /**
     * Reads what {@link #toJson} wrote; members that it does not know are skipped.
     *
     * @throws IntegrityException if it is something else, of a newer version, or has values that cannot be
     */
    public static StoreFormat parse(byte[] bytes) {
        JsonNode json = tree(bytes);
        String name = json.path("format").asText("");
        if (!NAME.equals(name)) {
            throw new IntegrityException(
                    "%s is not of a content store: its format is '%s' and not '%s'".formatted(KEY, name, NAME));
        }
        int version = number(json, "version");
        if (version != VERSION) {
            throw new IntegrityException("%s has version %d, this release reads version %d only; use a newer release"
                    .formatted(KEY, version, VERSION));
        }
        try {
            return new StoreFormat(
                    number(json, "chunkMin"),
                    number(json, "chunkAverage"),
                    number(json, "chunkMax"),
                    number(json, "packBytes"),
                    number(json, "level"));
        } catch (InvalidInputException e) {
            throw new IntegrityException(KEY + " is damaged: " + e.getMessage(), e);
        }
    }

    private static JsonNode tree(byte[] bytes) {
        try {
            return READER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new IntegrityException(KEY + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IntegrityException(KEY + " is not UTF-8: " + e.getMessage(), e);
        }
    }

    private static int number(JsonNode json, String member) {
        JsonNode value = json.path(member);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw new IntegrityException("%s is damaged: %s is '%s' and no number".formatted(KEY, member, value));
        }
        return value.intValue();
    }
}
