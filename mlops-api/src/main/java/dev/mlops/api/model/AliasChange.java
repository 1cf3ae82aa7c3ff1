package dev.mlops.api.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One move of an alias.
 *
 * @param alias the alias
 * @param from the number of the version that it stood at, or null if it was new
 * @param to the number of the version that it stands at since, or null if it was removed
 * @param by who moved it
 * @param at when
 */
public record AliasChange(
        Alias alias, @Nullable String from, @Nullable String to, String by, Instant at) {
    /** Such as {@code champion: 2 → 3 by alice}. */
    @Override
    public String toString() {
        return "%s: %s → %s by %s".formatted(alias, from == null ? "none" : from, to == null ? "none" : to, by);
    }
}
