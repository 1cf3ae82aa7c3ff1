package dev.mlops.api.dataset;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.ResourceName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a version of a data set. Text forms: {@code [project/]dataset:version}, where a tag may stand for the name of the
 * version; {@code [project/]dataset@branch} for the head of a branch; and {@code [project/]dataset} for the current
 * version.
 *
 * @param project the project, or null for the one at hand
 * @param dataset the data set
 * @param version the name or a tag of the version, or null
 * @param branch the branch whose head is meant, or null; not together with {@code version}
 */
public record DatasetRef(
        @Nullable String project,
        String dataset,
        @Nullable String version,
        @Nullable String branch) {
    private static final Pattern FORM = Pattern.compile("(?:([^/:@]+)/)?([^/:@]+)(?::([^/:@]+)|@([^/:@]+))?");

    /** Checks the names. */
    public DatasetRef {
        if (project != null) {
            ResourceName.check("project name", project);
        }
        ResourceName.check("data set name", dataset);
        if (version != null) {
            ResourceName.check("version name", version);
        }
        if (branch != null) {
            ResourceName.check("branch name", branch);
            if (version != null) {
                throw new InvalidInputException(
                        "branch name", branch, "must not be given together with version '" + version + "'");
            }
        }
    }

    /** A version by name or tag, or the current one. */
    public DatasetRef(@Nullable String project, String dataset, @Nullable String version) {
        this(project, dataset, version, null);
    }

    /** The current version of a data set of the project at hand. */
    public static DatasetRef current(String dataset) {
        return new DatasetRef(null, dataset, null);
    }

    /** A version of a data set of the project at hand, by its name or a tag. */
    public static DatasetRef version(String dataset, String version) {
        return new DatasetRef(null, dataset, version);
    }

    /** The head of a branch of a data set of the project at hand. */
    public static DatasetRef branch(String dataset, String branch) {
        return new DatasetRef(null, dataset, null, branch);
    }

    /** Reads the text form. */
    public static DatasetRef parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidInputException(
                    "data set reference",
                    text,
                    "must be [project/]dataset, [project/]dataset:version or [project/]dataset@branch");
        }
        return new DatasetRef(matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4));
    }

    /** The project, if it is said. */
    public Optional<String> findProject() {
        return Optional.ofNullable(project);
    }

    @Override
    public String toString() {
        String which = version != null ? ":" + version : branch != null ? "@" + branch : "";
        return (project == null ? "" : project + "/") + dataset + which;
    }
}
