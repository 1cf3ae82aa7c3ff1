package dev.mlops.core.dataset;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.file.Glob;
import dev.mlops.core.file.PathOrder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A {@link FileQuery} on one version, made ready to be asked of many files. Immutable. */
final class FileFilter {
    private final FileQuery query;
    private final @Nullable Glob glob;
    private final String prefix;
    private final boolean canMatch;

    /**
     * Makes a query ready.
     *
     * @throws InvalidInputException if the glob is none, or the version has no such split
     */
    FileFilter(DatasetVersion version, FileQuery query) {
        this.query = query;
        this.glob = query.glob() == null ? null : Glob.of("glob", query.glob());
        String ofQuery = query.prefix() == null ? "" : query.prefix();
        String ofGlob = glob == null ? "" : glob.prefix();
        this.prefix = ofGlob.startsWith(ofQuery) ? ofGlob : ofQuery;
        this.canMatch = prefix.startsWith(ofGlob);
        if (query.split() != null && summary(version, query.split()).isEmpty()) {
            throw unknownSplit(version, query.split());
        }
    }

    private static InvalidInputException unknownSplit(DatasetVersion version, String split) {
        List<String> names = version.splits().stream().map(SplitSummary::name).toList();
        return new InvalidInputException(
                "split of " + version.reference(),
                split,
                names.isEmpty() ? "the version has no splits" : "must be one of " + String.join(", ", names));
    }

    private static Optional<SplitSummary> summary(DatasetVersion version, String split) {
        return version.splits().stream().filter(one -> one.name().equals(split)).findFirst();
    }

    boolean matches(FileEntry entry) {
        return (query.prefix() == null || entry.path().startsWith(query.prefix()))
                && (glob == null || glob.matches(entry.path()))
                && (query.split() == null || query.split().equals(entry.split()));
    }

    /** What every match's path begins with; no match lies before it. */
    String prefix() {
        return prefix;
    }

    /** True if neither the file with this path nor one after it can match. */
    boolean isPast(String path) {
        return !canMatch || (!path.startsWith(prefix) && PathOrder.BY_CODE_POINT.compare(path, prefix) > 0);
    }

    /** The number and bytes of the matches, if they are known without reading the manifest. */
    Optional<Totals> totals(DatasetVersion version) {
        if (query.prefix() != null || query.glob() != null) {
            return Optional.empty();
        }
        return query.split() == null
                ? Optional.of(new Totals(version.files(), version.bytes()))
                : summary(version, query.split()).map(split -> new Totals(split.files(), split.bytes()));
    }
}
