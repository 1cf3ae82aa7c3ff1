package dev.mlops.jdbc;

import dev.mlops.api.access.Principal;
import dev.mlops.api.lineage.LineageDirection;
import dev.mlops.api.lineage.LineageEdge;
import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.lineage.LineageKind;
import dev.mlops.api.lineage.LineageNode;
import dev.mlops.api.spi.metadata.LineageRepository;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lineage, walked breadth first over the views {@code lineage_edge} and {@code lineage_node}: two queries a level,
 * however many things are on it.
 */
final class JdbcLineage implements LineageRepository {
    private static final String UPSTREAM = """
            SELECT from_id, to_id, role, from_id AS next_id FROM lineage_edge WHERE to_id IN <ids>
             ORDER BY to_id, from_id, role
            """;
    private static final String DOWNSTREAM = """
            SELECT from_id, to_id, role, to_id AS next_id FROM lineage_edge WHERE from_id IN <ids>
             ORDER BY from_id, to_id, role
            """;
    private static final String NODES = """
            SELECT kind, id, project_id, label FROM lineage_node
             WHERE id IN <ids> AND\s"""
            + Viewer.mayRead("lineage_node.visibility", "lineage_node.project_id", "lineage_node.asset_id")
            + " ORDER BY kind, id";

    private final Session session;

    JdbcLineage(Session session) {
        this.session = session;
    }

    private record Step(LineageEdge edge, String next) {}

    @Override
    public Optional<LineageGraph> graph(
            LineageKind kind, String id, LineageDirection direction, Principal viewer, int limit) {
        return nodes(List.of(id), viewer).stream()
                .filter(node -> node.kind() == kind)
                .findFirst()
                .map(root -> walk(root, direction, viewer, limit));
    }

    private LineageGraph walk(LineageNode root, LineageDirection direction, Principal viewer, int limit) {
        Map<String, LineageNode> seen = new LinkedHashMap<>(Map.of(root.id(), root));
        Set<LineageEdge> edges = new LinkedHashSet<>();
        Collection<String> level = List.of(root.id());
        while (!level.isEmpty()) {
            List<Step> steps = steps(level, direction);
            Set<String> ahead = new LinkedHashSet<>();
            steps.forEach(step -> ahead.add(step.next()));
            ahead.removeAll(seen.keySet());
            List<String> added = new ArrayList<>();
            for (LineageNode node : nodes(ahead, viewer)) {
                if (seen.size() < limit) {
                    seen.put(node.id(), node);
                    added.add(node.id());
                }
            }
            steps.forEach(step -> edges.add(step.edge()));
            level = added;
        }
        edges.removeIf(edge -> !seen.containsKey(edge.from()) || !seen.containsKey(edge.to()));
        return new LineageGraph(root, direction, List.copyOf(seen.values()), List.copyOf(edges));
    }

    private List<Step> steps(Collection<String> ids, LineageDirection direction) {
        return session.query(direction == LineageDirection.UPSTREAM ? UPSTREAM : DOWNSTREAM)
                .bind("ids", Json.array(ids))
                .map(Row.mapper(row -> new Step(
                        new LineageEdge(row.text("from_id"), row.text("to_id"), row.text("role")),
                        row.text("next_id"))))
                .list();
    }

    private List<LineageNode> nodes(Collection<String> ids, Principal viewer) {
        if (ids.isEmpty()) {
            return List.of();
        }
        return Viewer.bind(session.query(NODES), viewer)
                .bind("ids", Json.array(ids))
                .map(Row.mapper(row -> new LineageNode(
                        row.constant("kind", LineageKind.class),
                        row.text("id"),
                        row.text("project_id"),
                        row.text("label"))))
                .list();
    }
}
