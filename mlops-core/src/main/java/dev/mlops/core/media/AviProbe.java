package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The size and duration of an AVI: the frames of its video stream by their rate, from the list of headers. */
final class AviProbe extends HeaderProbe {
    private static final int LISTS = 24;
    private static final int LIST = 0x5453494c;
    private static final int HEADERS = 0x6c726468;
    private static final int MAIN = 0x68697661;
    private static final int STREAM = 0x68727473;
    private static final int VIDEO = 0x73646976;

    AviProbe() {
        super(ByteOrder.LITTLE_ENDIAN, LISTS);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        if (offset > 0) {
            headers(header);
        } else if (header.getInt(12) == LIST && header.getInt(20) == HEADERS) {
            next(LISTS, (int) Math.min(MAX_WINDOW, unsigned32(header, 16) - 4));
        }
    }

    private void headers(ByteBuffer list) {
        int at = 0;
        while (at + 8 <= list.limit()) {
            int name = list.getInt(at);
            long size = unsigned32(list, at + 4);
            if (name == LIST) {
                at += 12;
                continue;
            }
            chunk(list, name, at + 8);
            at = (int) Math.min(list.limit(), at + 8 + size + (size & 1));
        }
    }

    private void chunk(ByteBuffer list, int name, int at) {
        if (name == MAIN) {
            duration((double) unsigned32(list, at) * (double) unsigned32(list, at + 16), 1e6);
            size(unsigned32(list, at + 32), unsigned32(list, at + 36));
        } else if (name == STREAM && list.getInt(at) == VIDEO) {
            duration((double) unsigned32(list, at + 20) * (double) unsigned32(list, at + 32), (double)
                    unsigned32(list, at + 24));
        }
    }
}
