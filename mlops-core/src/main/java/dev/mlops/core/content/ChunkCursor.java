package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobKind;
import dev.mlops.core.pack.ListNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes over the chunks of a content, from any position; holds one node of each level of its list. For one thread. */
final class ChunkCursor {
    private final BlobReader reader;
    private final BlobId content;
    private final long size;
    /** Null for a content that is one blob. */
    private final @Nullable ListNode list;

    private final Deque<Position> path = new ArrayDeque<>();
    private boolean isBeforeOnly;
    private boolean isAtOnly;

    /** An item of a node, and the position of its first byte in the content. */
    private static final class Position {
        private final ListNode node;
        private int item = -1;
        private long start;

        Position(ListNode node, long start) {
            this.node = node;
            this.start = start;
        }

        boolean advance() {
            if (item >= 0) {
                start += node.length(item);
            }
            return ++item < node.count();
        }

        /** Goes to the item that holds a position of the content. */
        void advanceTo(long position) {
            while (advance() && position >= start + node.length(item)) {}
        }

        void stepBack() {
            item--;
            start -= item < 0 ? 0 : node.length(item);
        }
    }

    /** A cursor before the first chunk. */
    ChunkCursor(BlobReader reader, Sha256 content, BlobPlace place) {
        this.reader = reader;
        this.content = BlobId.of(content);
        this.list = place.kind() == BlobKind.LIST ? ListNode.parse(reader.read(this.content)) : null;
        this.size = list == null ? place.rawLength() : list.length();
        seek(0);
    }

    /** The size of the content. */
    long size() {
        return size;
    }

    /** True for a content of several chunks, false for one that is a blob. */
    boolean isList() {
        return list != null;
    }

    /** Goes before the chunk that holds a position, which is less than the size, or 0. */
    void seek(long position) {
        path.clear();
        isBeforeOnly = list == null;
        isAtOnly = false;
        if (list == null) {
            return;
        }
        path.push(new Position(list, 0));
        if (position > 0) {
            path.element().advanceTo(position);
            while (path.element().node.level() > 1) {
                enter(path.element());
                path.element().advanceTo(position);
            }
            path.element().stepBack();
        }
    }

    /** Goes to the next chunk; false if there is none. */
    boolean advance() {
        isAtOnly = isBeforeOnly;
        isBeforeOnly = false;
        while (!path.isEmpty()) {
            Position at = path.element();
            if (!at.advance()) {
                path.pop();
            } else if (at.node.level() == 1) {
                return true;
            } else {
                enter(at);
            }
        }
        return isAtOnly;
    }

    private void enter(Position at) {
        byte[] child = reader.read(at.node.id(at.item));
        path.push(new Position(at.node.parseChild(at.item, child), at.start));
    }

    /** The chunk that the cursor is at. */
    BlobId id() {
        return isAtOnly ? content : path.element().node.id(path.element().item);
    }

    /** The position of its first byte. */
    long start() {
        return isAtOnly ? 0 : path.element().start;
    }

    /** Its length in bytes. */
    int length() {
        return Math.toIntExact(isAtOnly ? size : path.element().node.length(path.element().item));
    }

    /** The lists below the content's own that lead to the chunk. */
    List<BlobId> innerLists() {
        return path.stream().skip(1).map(at -> at.node.id(at.item)).toList();
    }
}
