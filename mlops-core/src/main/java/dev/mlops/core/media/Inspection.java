package dev.mlops.core.media;

import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.dataset.TableColumn;
import java.util.List;

/**
 * What was found inside a file.
 *
 * @param mediaType its media type
 * @param facts what fits into its manifest entry
 * @param columns the columns of a table, at most 200; empty for what is none
 * @param columnCount how many columns it has, with those beyond the listed ones
 */
public record Inspection(String mediaType, MediaFacts facts, List<TableColumn> columns, int columnCount) {
    /** Copies the list. */
    public Inspection {
        columns = List.copyOf(columns);
    }
}
