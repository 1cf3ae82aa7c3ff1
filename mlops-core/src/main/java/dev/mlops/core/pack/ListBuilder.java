package dev.mlops.core.pack;

import dev.mlops.api.content.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the list of a content from its data blobs. The same blobs always give the same nodes, and a change of a few blobs
 * changes the nodes around them only. Confined to one thread.
 */
public final class ListBuilder {
    private final NodeSink sink;
    private final List<Node> levels = new ArrayList<>();

    /** A builder of one list that gives all nodes but the top one to {@code sink}. */
    public ListBuilder(NodeSink sink) {
        this.sink = sink;
    }

    /** Adds the next blob of the content, of {@code length} bytes, which is above 0. */
    public void add(BlobId id, long length) {
        add(0, id, length);
    }

    private void add(int level, BlobId id, long length) {
        if (level == levels.size()) {
            levels.add(new Node(level + 1));
        }
        Node node = levels.get(level);
        // A node is ended by the next item only, so that the last one may become the top without a parent of one item.
        if (node.ended) {
            end(level);
        }
        node.add(id, length);
    }

    private void end(int level) {
        Node node = levels.get(level);
        byte[] bytes = node.finish();
        BlobId id = BlobId.ofDigest(Sha256.newDigest().digest(bytes));
        sink.node(id, bytes);
        long length = node.length;
        node.clear();
        add(level + 1, id, length);
    }

    /**
     * Ends the list.
     *
     * @return the top node, to be stored under the SHA-256 of the content
     * @throws IllegalStateException if nothing was added
     */
    public byte[] finish() {
        if (levels.isEmpty()) {
            throw new IllegalStateException("a list has at least one blob");
        }
        int level = 0;
        while (level < levels.size() - 1) {
            end(level++);
        }
        return levels.get(level).finish();
    }

    private static final class Node {
        private static final int FIRST_ITEMS = 64;

        private final int level;
        private byte[] bytes = new byte[ListNode.HEADER + FIRST_ITEMS * ListNode.ITEM];
        private int count;
        private long length;
        private boolean ended;

        Node(int level) {
            this.level = level;
        }

        void add(BlobId id, long itemLength) {
            int at = ListNode.HEADER + count * ListNode.ITEM;
            if (at + ListNode.ITEM > bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * bytes.length);
            }
            ListNode.writeItem(bytes, at, id, itemLength);
            count++;
            length = Math.addExact(length, itemLength);
            ended = count >= ListNode.MIN_ITEMS && (count == ListNode.MAX_ITEMS || ListNode.endsNode(id));
        }

        byte[] finish() {
            int end = ListNode.HEADER + count * ListNode.ITEM;
            byte[] node = Arrays.copyOf(bytes, end + ListNode.DIGEST);
            ListNode.finish(node, level, count);
            return node;
        }

        void clear() {
            count = 0;
            length = 0;
            ended = false;
        }
    }
}
