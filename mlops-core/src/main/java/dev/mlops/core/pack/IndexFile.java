package dev.mlops.core.pack;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * An index that is being written: its entries first, in order, then what stands before them, then the digest. Confined to
 * one thread.
 */
final class IndexFile implements AutoCloseable {
    private static final int PIECE = 2730 * IndexLayout.ENTRY;

    private final List<String> packIds;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(PIECE);
    private final int[] counts = new int[IndexLayout.FAN_OUT];
    private final byte[] last = new byte[IndexLayout.ENTRY];
    private int[] packsOfLast = new int[4];
    private int copies;
    private long entries;

    IndexFile(Path file, List<String> packIds) throws IOException {
        this.packIds = packIds;
        channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        channel.position(IndexLayout.entriesAt(packIds.size()));
    }

    /** Adds an entry, whose id is not below the last one's; one for the same blob in the same pack is skipped. */
    void add(byte[] entry) throws IOException {
        int pack = BigEndian.intAt(entry, BlobId.BYTES);
        if (pack < 0 || pack >= packIds.size()) {
            throw new InvalidInputException("pack of a blob", pack, "must be one of " + packIds.size());
        }
        if (copies == 0 || !Arrays.equals(entry, 0, BlobId.BYTES, last, 0, BlobId.BYTES)) {
            copies = 0;
        } else if (isNoted(pack)) {
            return;
        }
        note(pack);
        System.arraycopy(entry, 0, last, 0, entry.length);
        if (IndexLayout.size(packIds.size(), ++entries) > Integer.MAX_VALUE) {
            throw new InvalidInputException("blobs of an index", entries, "would make it longer than 2 GiB");
        }
        counts[entry[0] & 0xff]++;
        if (!buffer.hasRemaining()) {
            drain();
        }
        buffer.put(entry);
    }

    private boolean isNoted(int pack) {
        for (int i = 0; i < copies; i++) {
            if (packsOfLast[i] == pack) {
                return true;
            }
        }
        return false;
    }

    private void note(int pack) {
        if (copies == packsOfLast.length) {
            packsOfLast = Arrays.copyOf(packsOfLast, 2 * copies);
        }
        packsOfLast[copies++] = pack;
    }

    private void drain() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    WrittenIndex finish() throws IOException {
        drain();
        channel.position(0);
        writeStart();
        byte[] digest = digest();
        channel.position(channel.size());
        buffer.put(digest);
        drain();
        return new WrittenIndex(BlobId.ofDigest(digest).hex(), entries, channel.size(), packIds);
    }

    private void writeStart() throws IOException {
        buffer.putInt(IndexLayout.MAGIC)
                .putInt(IndexLayout.VERSION)
                .putInt(packIds.size())
                .putInt((int) entries);
        for (String packId : packIds) {
            if (buffer.remaining() < BlobId.BYTES) {
                drain();
            }
            BlobId.of(new Sha256(packId)).write(buffer);
        }
        drain();
        int sum = 0;
        for (int count : counts) {
            sum += count;
            buffer.putInt(sum);
        }
        drain();
    }

    private byte[] digest() throws IOException {
        MessageDigest digest = Sha256.newDigest();
        channel.position(0);
        while (channel.read(buffer) >= 0) {
            digest.update(buffer.flip());
            buffer.clear();
        }
        return digest.digest();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
