package dev.mlops.api.lineage;

/**
 * A thing in a lineage.
 *
 * @param kind what it is
 * @param id its id
 * @param projectId its project
 * @param label what it is called, such as {@code digits/digits:3} or {@code deployment 7 on camera-1}
 */
public record LineageNode(LineageKind kind, String id, String projectId, String label) {
    @Override
    public String toString() {
        return label;
    }
}
