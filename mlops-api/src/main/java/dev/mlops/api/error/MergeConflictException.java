package dev.mlops.api.error;

import dev.mlops.api.dataset.MergeConflict;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Two versions of a data set changed the same paths in ways that do not go together. Nothing was changed by this call;
 * choose a side, or publish the paths anew.
 */
public final class MergeConflictException extends MlopsException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 5;

    private final transient List<MergeConflict> conflicts;

    /**
     * Creates the exception.
     *
     * @param what what was to be merged, such as {@code branch 'fixes' into 'main' of data set 'digits'}
     * @param conflicts what conflicts, by path; not empty
     */
    public MergeConflictException(String what, List<MergeConflict> conflicts) {
        super(message(what, conflicts), null);
        this.conflicts = List.copyOf(conflicts);
    }

    private static String message(String what, List<MergeConflict> conflicts) {
        String shown =
                conflicts.stream().limit(SHOWN).map(MergeConflict::toString).collect(Collectors.joining("; "));
        String more = conflicts.size() > SHOWN ? "; and %d more".formatted(conflicts.size() - SHOWN) : "";
        return "cannot merge %s, %d path%s conflict: %s%s"
                .formatted(what, conflicts.size(), conflicts.size() == 1 ? "" : "s", shown, more);
    }

    /** What conflicts, by path; empty in a deserialised exception. */
    public List<MergeConflict> conflicts() {
        return conflicts == null ? List.of() : conflicts;
    }
}
