package dev.mlops.core.media;

import java.nio.ByteBuffer;

/** The size and duration of an MP4, MOV or M4A: its movie header, whether it lies before the data or behind it. */
final class Mp4Probe extends TopBoxProbe {
    private static final int MOVIE = 0x6d6f6f76;
    private static final int MOVIE_HEADER = 0x6d766864;
    private static final int TRACK = 0x7472616b;
    private static final int TRACK_HEADER = 0x746b6864;
    private static final int FRAGMENTS = 0x6d766578;
    private static final int FRAGMENTS_HEADER = 0x6d656864;

    private long perSecond;

    Mp4Probe() {
        super(MOVIE);
    }

    @Override
    void body(ByteBuffer box) {
        Boxes.walk(box, this::visit);
    }

    private int visit(int type, ByteBuffer content) {
        switch (type) {
            case MOVIE_HEADER -> movie(content);
            case TRACK_HEADER -> track(content);
            case FRAGMENTS_HEADER -> units(isLong(content) ? content.getLong(4) : unsigned32(content, 4));
            default -> {}
        }
        return type == TRACK || type == FRAGMENTS ? 0 : -1;
    }

    private static boolean isLong(ByteBuffer content) {
        return content.get(0) == 1;
    }

    private void movie(ByteBuffer header) {
        perSecond = unsigned32(header, isLong(header) ? 20 : 12);
        if (isLong(header)) {
            units(header.getLong(24));
        } else if (header.getInt(16) != -1) {
            units(unsigned32(header, 16));
        }
    }

    /** None of a movie in fragments, whose duration follows. */
    private void units(long units) {
        if (units > 0) {
            duration((double) units, (double) perSecond);
        }
    }

    /** Sides are fixed-point numbers with 16 bits behind the point. */
    private void track(ByteBuffer header) {
        int sides = isLong(header) ? 88 : 76;
        size(unsigned16(header, sides), unsigned16(header, sides + 4));
    }
}
