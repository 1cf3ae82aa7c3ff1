package dev.mlops.api.model;

import org.jspecify.annotations.Nullable;

/**
 * Which models to find, and in which order; null stands for all.
 *
 * @param text what the name or description contains, ignoring case, or null
 * @param label a label that it has, or null
 * @param order the order
 */
public record ModelQuery(@Nullable String text, @Nullable String label, Order order) {
    /** All models by name. */
    public static final ModelQuery ALL = new ModelQuery(null, null, Order.NAME);

    /** Orders of models. */
    public enum Order {
        /** By name. */
        NAME,
        /** Newest first. */
        NEWEST,
        /** Changed last first. */
        UPDATED
    }

    /** The models whose name or description contains a text, ignoring case. */
    public static ModelQuery text(String text) {
        return new ModelQuery(text, null, Order.NAME);
    }

    /** The models with a label. */
    public static ModelQuery label(String label) {
        return new ModelQuery(null, label, Order.NAME);
    }
}
