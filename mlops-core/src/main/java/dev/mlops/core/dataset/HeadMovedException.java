package dev.mlops.core.dataset;

import dev.mlops.api.dataset.DatasetVersion;
import org.jspecify.annotations.Nullable;

/** The branch does not stand where the transaction began from, which is rolled back by this; it is to be begun anew. */
final class HeadMovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable DatasetVersion head;

    HeadMovedException(String branch, @Nullable DatasetVersion head) {
        super("branch '%s' stands at %s meanwhile".formatted(branch, head == null ? "no version" : head.reference()));
        this.head = head;
    }

    /** Where it stands, or null if it has no version any more. */
    @Nullable
    DatasetVersion head() {
        return head;
    }
}
