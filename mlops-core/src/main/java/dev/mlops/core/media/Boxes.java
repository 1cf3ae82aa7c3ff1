package dev.mlops.core.media;

import java.nio.ByteBuffer;

/** The boxes (atoms) of ISO media files that lie within a window. */
final class Boxes {
    /** Deeper than any box that is looked for. */
    private static final int MAX_DEPTH = 8;

    private Boxes() {}

    /** Takes a box, or says that its inside is to be walked. */
    interface Visitor {
        /**
         * Looks at a box.
         *
         * @param type its four letters
         * @param content what is in it; cut where the window ends
         * @return how many bytes to skip before the boxes in it, or -1 when there is nothing to look for
         */
        int visit(int type, ByteBuffer content);
    }

    /** Walks the boxes of a window; stops at the first that makes no sense. */
    static void walk(ByteBuffer window, Visitor visitor) {
        walk(window, visitor, 0);
    }

    private static void walk(ByteBuffer window, Visitor visitor, int depth) {
        int at = 0;
        while (at + 8 <= window.limit() && depth < MAX_DEPTH) {
            long size = HeaderProbe.unsigned32(window, at);
            int headerSize = size == 1 ? 16 : 8;
            long end = size == 0 ? window.limit() : at + (size == 1 ? window.getLong(at + 8) : size);
            if (end < at + headerSize) {
                return;
            }
            int inside = (int) Math.min(end, window.limit()) - at - headerSize;
            if (inside < 0) {
                return;
            }
            ByteBuffer content = window.slice(at + headerSize, inside);
            int skip = visitor.visit(window.getInt(at + 4), content);
            if (skip >= 0 && skip <= inside) {
                walk(content.slice(skip, inside - skip), visitor, depth + 1);
            }
            if (end > window.limit()) {
                return;
            }
            at = (int) end;
        }
    }
}
