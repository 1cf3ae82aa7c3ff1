package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import java.io.IOException;
import java.io.InputStream;

/** A range of a content, of which no byte is given before its block was found right. Confined to one thread. */
final class BlockInputStream extends InputStream {
    private final InputStream in;
    private final Sha256 content;
    private final Blocks blocks;
    private final byte[] buffer;
    private int block;
    private int skip;
    private int position;
    private int limit;
    private long remaining;

    /**
     * Creates the stream.
     *
     * @param in the content from the start of the block that holds {@code offset}
     * @param offset where the range begins
     * @param length its bytes, at least 1; it ends within the content
     */
    BlockInputStream(InputStream in, Sha256 content, Blocks blocks, long offset, long length) {
        this.in = in;
        this.content = content;
        this.blocks = blocks;
        this.block = (int) (offset / Blocks.BLOCK);
        this.skip = (int) (offset % Blocks.BLOCK);
        this.remaining = length;
        this.buffer = new byte[blocks.length(block)];
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (remaining == 0) {
            return -1;
        }
        if (position == limit) {
            loadBlock();
        }
        int n = (int) Math.min(Math.min(length, limit - position), remaining);
        System.arraycopy(buffer, position, bytes, offset, n);
        position += n;
        remaining -= n;
        return n;
    }

    private void loadBlock() throws IOException {
        int length = blocks.length(block);
        int read = in.readNBytes(buffer, 0, length);
        if (read < length || !isRight(length)) {
            String message = "content %s is damaged in its bytes %d to %d"
                    .formatted(content, (long) block * Blocks.BLOCK, (long) block * Blocks.BLOCK + length);
            throw new IOException(message, new IntegrityException(message));
        }
        limit = length;
        position = skip;
        skip = 0;
        block++;
    }

    private boolean isRight(int length) {
        var digest = Sha256.newDigest();
        digest.update(buffer, 0, length);
        return Sha256.ofDigest(digest.digest()).equals(blocks.digests().get(block));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
