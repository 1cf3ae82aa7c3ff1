package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The duration of Vorbis or Opus in Ogg: the position that the last page of the stream tells. */
final class OggProbe extends HeaderProbe {
    private static final int PAGE = 27;
    private static final int IDENTIFICATION = 16;
    private static final int OGGS = 0x5367674f;
    private static final long VORBIS = 0x736962726f7601L;
    private static final long OPUS = 0x646165487375704fL;

    private Part part = Part.PAGE;
    private long bodyEnd;
    private int stream;
    private int pageStream;
    private long rate;
    private long skipped;
    private long samples;

    private enum Part {
        PAGE,
        SEGMENTS,
        BODY
    }

    OggProbe() {
        super(ByteOrder.LITTLE_ENDIAN, PAGE);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        switch (part) {
            case PAGE -> page(header, offset);
            case SEGMENTS -> segments(header, offset + header.remaining());
            case BODY -> identification(header);
        }
    }

    private void page(ByteBuffer header, long offset) {
        if (header.getInt(0) != OGGS) {
            return;
        }
        pageStream = header.getInt(14);
        if (rate > 0 && pageStream == stream) {
            samples = Math.max(samples, header.getLong(6));
        }
        part = Part.SEGMENTS;
        next(offset + PAGE, Math.max(1, header.get(26) & 0xff));
    }

    private void segments(ByteBuffer sizes, long body) {
        bodyEnd = body;
        for (int i = 0; i < sizes.remaining(); i++) {
            bodyEnd += sizes.get(i) & 0xff;
        }
        if (rate == 0 && bodyEnd - body >= IDENTIFICATION) {
            part = Part.BODY;
            next(body, IDENTIFICATION);
        } else {
            nextPage();
        }
    }

    private void identification(ByteBuffer packet) {
        stream = pageStream;
        if ((packet.getLong(0) & 0xffffffffffffffL) == VORBIS) {
            rate = unsigned32(packet, 12);
        } else if (packet.getLong(0) == OPUS) {
            rate = 48_000;
            skipped = unsigned16(packet, 10);
        }
        nextPage();
    }

    private void nextPage() {
        part = Part.PAGE;
        next(bodyEnd, PAGE);
    }

    @Override
    void end(long fileLength) {
        if (samples > skipped) {
            duration((double) (samples - skipped), (double) rate);
        }
    }
}
