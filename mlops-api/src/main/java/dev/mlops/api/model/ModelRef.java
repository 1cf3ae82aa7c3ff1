package dev.mlops.api.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.ResourceName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a version of a model. Text forms: {@code [project/]model:version}, {@code [project/]model@alias}, and {@code
 * [project/]model@latest} for the newest version.
 *
 * @param project the project, or null for the one at hand
 * @param model the model
 * @param version the number of the version, or null if an alias is meant
 * @param alias the alias or {@code latest}, or null if a number is meant; exactly one of the two is null
 */
public record ModelRef(
        @Nullable String project,
        String model,
        @Nullable String version,
        @Nullable String alias) {
    /** The reserved alias of the newest version. */
    public static final String LATEST = "latest";

    private static final Pattern FORM =
            Pattern.compile("(?:([^/:@]+)/)?([^/:@]+)(?::(\\d{1,9}(?:\\.\\d{1,2}\\.\\d{1,2})?)|@([^/:@]+))");

    /** Checks the names. */
    public ModelRef {
        if (project != null) {
            ResourceName.check("project name", project);
        }
        ResourceName.check("model name", model);
        if ((version == null) == (alias == null)) {
            throw new InvalidInputException("model reference", model, "must name a version or an alias, not both");
        }
        if (alias != null && !alias.equals(LATEST)) {
            ResourceName.checkAlias("alias", alias);
        }
    }

    /** A version of a model of the project at hand. */
    public static ModelRef version(String model, String version) {
        return new ModelRef(null, model, version, null);
    }

    /** What an alias stands at, of a model of the project at hand. */
    public static ModelRef alias(String model, String alias) {
        return new ModelRef(null, model, null, alias);
    }

    /** The newest version of a model of the project at hand. */
    public static ModelRef latest(String model) {
        return new ModelRef(null, model, null, LATEST);
    }

    /** Reads the text form. */
    public static ModelRef parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidInputException(
                    "model reference", text, "must be [project/]model:version or [project/]model@alias");
        }
        return new ModelRef(matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4));
    }

    /** The project, if it is said. */
    public Optional<String> findProject() {
        return Optional.ofNullable(project);
    }

    @Override
    public String toString() {
        String prefix = project == null ? "" : project + "/";
        return prefix + model + (version == null ? "@" + alias : ":" + version);
    }
}
