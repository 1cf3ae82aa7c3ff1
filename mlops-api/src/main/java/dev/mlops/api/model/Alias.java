package dev.mlops.api.model;

import dev.mlops.api.name.ResourceName;

/**
 * A movable name for a version of a model, such as {@code champion}.
 *
 * @param name 1 to 255 characters of {@code [\w-]}, neither {@code latest} nor {@code v<digits>}
 */
public record Alias(String name) {
    /** Checks the name. */
    public Alias {
        ResourceName.checkAlias("alias", name);
    }

    /** The alias with this name. */
    public static Alias of(String name) {
        return new Alias(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
