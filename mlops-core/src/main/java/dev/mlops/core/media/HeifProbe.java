package dev.mlops.core.media;

import java.nio.ByteBuffer;

/** The size of an HEIF or AVIF: the largest of its pictures, which are else thumbnails and tiles. */
final class HeifProbe extends TopBoxProbe {
    private static final int META = 0x6d657461;
    private static final int PROPERTIES = 0x69707270;
    private static final int CONTAINER = 0x6970636f;
    private static final int EXTENTS = 0x69737065;
    private static final int VERSION = 4;

    HeifProbe() {
        super(META);
    }

    @Override
    void body(ByteBuffer box) {
        Boxes.walk(box.slice(VERSION, box.limit() - VERSION), this::visit);
    }

    private int visit(int type, ByteBuffer content) {
        if (type == EXTENTS) {
            size(unsigned32(content, 4), unsigned32(content, 8));
        }
        return type == PROPERTIES || type == CONTAINER ? 0 : -1;
    }
}
