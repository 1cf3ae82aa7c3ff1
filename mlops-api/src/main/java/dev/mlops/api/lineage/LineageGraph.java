package dev.mlops.api.lineage;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is upstream or downstream of a thing, as far as the caller may see it.
 *
 * @param root the thing that was asked about
 * @param direction which way the graph goes
 * @param nodes the root and all others, nearest first
 * @param edges the edges between them; always from what was there first to what came of it
 */
public record LineageGraph(
        LineageNode root, LineageDirection direction, List<LineageNode> nodes, List<LineageEdge> edges) {
    /** Copies the lists. */
    public LineageGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }

    /** The nodes of one kind, nearest first. */
    public List<LineageNode> nodes(LineageKind kind) {
        return nodes.stream().filter(node -> node.kind() == kind).toList();
    }

    /** A tree in text, the root first, each thing below the one that led to it; a thing seen before is not opened again. */
    @Override
    public String toString() {
        Map<String, LineageNode> byId = new HashMap<>();
        nodes.forEach(node -> byId.put(node.id(), node));
        StringBuilder text = new StringBuilder(root.label());
        append(text, root, byId, "", new HashSet<>(Set.of(root.id())));
        return text.toString();
    }

    private void append(
            StringBuilder text, LineageNode node, Map<String, LineageNode> byId, String indent, Set<String> seen) {
        boolean up = direction == LineageDirection.UPSTREAM;
        for (LineageEdge edge : edges) {
            LineageNode next = byId.get(up ? edge.from() : edge.to());
            if (next == null || !node.id().equals(up ? edge.to() : edge.from())) {
                continue;
            }
            text.append('\n').append(indent).append(up ? " ← " : " → ").append(next.label());
            text.append(" (").append(edge.role()).append(')');
            if (seen.add(next.id())) {
                append(text, next, byId, indent + "   ", seen);
            }
        }
    }
}
