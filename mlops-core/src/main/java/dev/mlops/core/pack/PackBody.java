package dev.mlops.core.pack;

import dev.mlops.api.spi.object.ObjectBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The bytes of a finished pack: the start of a builder's buffer, then the footer with its trailer. */
final class PackBody implements ObjectBody {
    private final byte[] blobs;
    private final int blobsLength;
    private final byte[] tail;

    PackBody(byte[] blobs, int blobsLength, byte[] tail) {
        this.blobs = blobs;
        this.blobsLength = blobsLength;
        this.tail = tail;
    }

    @Override
    public long length() {
        return (long) blobsLength + tail.length;
    }

    @Override
    public InputStream open() {
        return new PackStream();
    }

    private final class PackStream extends InputStream {
        /** The JDK's channels copy each piece into a direct buffer of its size, which they keep for the thread. */
        private static final int PIECE = 128 * 1024;

        private int position;

        @Override
        public int read() {
            if (position >= length()) {
                return -1;
            }
            int at = position++;
            return (at < blobsLength ? blobs[at] : tail[at - blobsLength]) & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) {
            if (wanted == 0) {
                return 0;
            }
            int n = 0;
            while (n < wanted && position < length()) {
                byte[] part = part();
                int copied = Math.min(wanted - n, left());
                System.arraycopy(part, at(), bytes, offset + n, copied);
                position += copied;
                n += copied;
            }
            return n == 0 ? -1 : n;
        }

        @Override
        public long transferTo(OutputStream out) throws IOException {
            int start = position;
            while (position < length()) {
                int n = Math.min(PIECE, left());
                out.write(part(), at(), n);
                position += n;
            }
            return (long) position - start;
        }

        @Override
        public long skip(long wanted) {
            int n = (int) Math.max(0, Math.min(wanted, length() - position));
            position += n;
            return n;
        }

        @Override
        public int available() {
            return (int) (length() - position);
        }

        private byte[] part() {
            return position < blobsLength ? blobs : tail;
        }

        private int at() {
            return position < blobsLength ? position : position - blobsLength;
        }

        private int left() {
            return position < blobsLength ? blobsLength - position : (int) (length() - position);
        }
    }
}
