package dev.mlops.core.lineage;

import dev.mlops.api.lineage.Lineage;
import dev.mlops.api.lineage.LineageDirection;
import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.lineage.LineageKind;
import dev.mlops.core.context.ProjectContext;
import java.util.Locale;

/** Lineage as the metadata store derives it from what is recorded; at most 10,000 things, the nearest. Thread-safe. */
public final class RecordedLineage implements Lineage {
    private static final int MAX_NODES = 10_000;

    private final ProjectContext context;

    /** Makes the view of one caller. */
    public RecordedLineage(ProjectContext context) {
        this.context = context;
    }

    @Override
    public LineageGraph of(LineageKind kind, String id, LineageDirection direction) {
        return context.read(tx -> tx.lineage()
                .graph(kind, id, direction, context.principal(), MAX_NODES)
                .orElseThrow(() ->
                        context.notFound(kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + id)));
    }
}
