package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitSummary;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits the files of one version in two passes: first it is shown every file, then it tells the split of each. Both may
 * be in any order. Confined to one thread at a time.
 */
interface SplitPass {
    /** Opens a file of the version that is being made. */
    @FunctionalInterface
    interface Draft {
        /** Opens the file with a path; null if there is none. */
        @Nullable
        InputStream open(String path) throws IOException;
    }

    /**
     * The passes for a split.
     *
     * @param before the splits of the parent version, as in {@link dev.mlops.api.dataset.DatasetVersion#splits()}; empty
     *     if there is no parent
     * @param draft is asked for the file with the labels, if there is one, before this returns
     */
    static SplitPass of(Split split, List<SplitSummary> before, Draft draft) {
        if (split instanceof Split.Stratified stratified) {
            return new StratifiedPass(stratified, before, FileLabels.of(stratified.label(), draft));
        }
        return ofAssignment(assignment(split));
    }

    private static SplitAssignment assignment(Split split) {
        if (split instanceof Split.Ratio ratio) {
            return SplitAssignment.byRatio(ratio);
        }
        return split instanceof Split.ByPath byPath
                ? SplitAssignment.byPath(byPath)
                : SplitAssignment.byList((Split.Explicit) split);
    }

    private static SplitPass ofAssignment(SplitAssignment assignment) {
        return new SplitPass() {
            @Override
            public void see(String path, @Nullable FileEntry before) {
                // The split of a file does not depend on the others.
            }

            @Override
            public @Nullable String splitOf(String path, @Nullable FileEntry before) {
                return assignment.splitOf(path);
            }
        };
    }

    /**
     * Shows a file; each once.
     *
     * @param before the file with the same path in the parent version, or null
     */
    void see(String path, @Nullable FileEntry before);

    /** The name of the split of a file that was shown, or null; after all were shown. */
    @Nullable
    String splitOf(String path, @Nullable FileEntry before);
}
