package dev.mlops.api.page;

import java.util.List;
import java.util.Optional;

/**
 * One page of a list.
 *
 * @param items the items, in the order of the list
 * @param nextToken the token of the next page; empty on the last page. Tokens are opaque text and stay valid while
 *     items are inserted: paging never skips or repeats an item that existed when it began
 */
public record Page<T>(List<T> items, Optional<String> nextToken) {
    /** Copies the items. */
    public Page {
        items = List.copyOf(items);
    }
}
