package dev.mlops.api.page;

import dev.mlops.api.error.InvalidInputException;
import org.jspecify.annotations.Nullable;

/**
 * Which page to read.
 *
 * @param limit the largest number of items, 1 to {@value #MAX_LIMIT}
 * @param token the token of a previous page, or null for the first page
 */
public record PageRequest(int limit, @Nullable String token) {
    /** The largest page. */
    public static final int MAX_LIMIT = 10_000;

    /** The page size when none is said. */
    public static final int DEFAULT_LIMIT = 100;

    /** Checks the limit. */
    public PageRequest {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidInputException("page limit", limit, "must be 1 to " + MAX_LIMIT);
        }
    }

    /** The first page of at most {@code limit} items. */
    public static PageRequest first(int limit) {
        return new PageRequest(limit, null);
    }
}
