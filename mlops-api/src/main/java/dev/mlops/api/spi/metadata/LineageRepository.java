package dev.mlops.api.spi.metadata;

import dev.mlops.api.access.Principal;
import dev.mlops.api.lineage.LineageDirection;
import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.lineage.LineageKind;
import java.util.Optional;

/** Lineage. */
public interface LineageRepository {
    /**
     * Everything upstream or downstream of a thing that can be reached through things on whose asset the viewer has
     * {@code read}; empty if there is no such thing or the viewer may not read it. Ends are sure: a thing is visited once.
     *
     * @param limit the largest number of nodes; the nearest are given
     */
    Optional<LineageGraph> graph(LineageKind kind, String id, LineageDirection direction, Principal viewer, int limit);
}
