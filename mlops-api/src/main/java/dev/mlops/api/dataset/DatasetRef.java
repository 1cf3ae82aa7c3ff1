package dev.mlops.api.dataset;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.ResourceName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a version of a data set. Text forms: {@code [project/]dataset:version} and {@code [project/]dataset} for the
 * current version.
 *
 * @param project the project, or null for the one at hand
 * @param dataset the data set
 * @param version the name of the version, or null for the current one
 */
public record DatasetRef(
        @Nullable String project, String dataset, @Nullable String version) {
    private static final Pattern FORM = Pattern.compile("(?:([^/:@]+)/)?([^/:@]+)(?::([^/:@]+))?");

    /** Checks the names. */
    public DatasetRef {
        if (project != null) {
            ResourceName.check("project name", project);
        }
        ResourceName.check("data set name", dataset);
        if (version != null) {
            ResourceName.check("version name", version);
        }
    }

    /** The current version of a data set of the project at hand. */
    public static DatasetRef current(String dataset) {
        return new DatasetRef(null, dataset, null);
    }

    /** A version of a data set of the project at hand. */
    public static DatasetRef version(String dataset, String version) {
        return new DatasetRef(null, dataset, version);
    }

    /** Reads the text form. */
    public static DatasetRef parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidInputException("data set reference", text, "must be [project/]dataset[:version]");
        }
        return new DatasetRef(matcher.group(1), matcher.group(2), matcher.group(3));
    }

    /** The project, if it is said. */
    public Optional<String> findProject() {
        return Optional.ofNullable(project);
    }

    @Override
    public String toString() {
        return (project == null ? "" : project + "/") + dataset + (version == null ? "" : ":" + version);
    }
}
