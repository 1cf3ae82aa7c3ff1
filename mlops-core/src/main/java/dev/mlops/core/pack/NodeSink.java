package dev.mlops.core.pack;

/** Stores finished nodes of a list. */
@FunctionalInterface
public interface NodeSink {
    /** Stores a node as a blob of kind {@link BlobKind#LIST}. */
    void node(BlobId id, byte[] bytes);
}
