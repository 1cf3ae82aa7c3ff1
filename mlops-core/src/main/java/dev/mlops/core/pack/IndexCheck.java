package dev.mlops.core.pack;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks all of an index in one pass, believing nothing. Confined to one thread. */
final class IndexCheck {
    private static final int PIECE = 1365 * IndexLayout.ENTRY;

    private final Input input;
    private final long size;
    private final String id;
    private final MessageDigest digest = Sha256.newDigest();
    private final byte[] piece = new byte[PIECE];
    private final int[] fanOut = new int[IndexLayout.FAN_OUT];
    private final int[] counts = new int[IndexLayout.FAN_OUT];
    private final List<String> packIds = new ArrayList<>();
    private int packs;
    private int entries;
    private long a;
    private long b;
    private long c;
    private long d;
    private int pack = -1;

    /** The bytes of an index from its first to its last. */
    interface Input {
        /** How many of the next {@code length} bytes were read; fewer only at the end. */
        int read(byte[] target, int length) throws IOException;
    }

    /** The check of an index that should have {@code size} bytes. */
    IndexCheck(Input input, long size, String id) {
        this.input = input;
        this.size = size;
        this.id = id;
    }

    static IndexCheck of(ByteBuffer buffer, String id) {
        ByteBuffer bytes = buffer.duplicate().rewind();
        Input input = (target, length) -> {
            int read = Math.min(length, bytes.remaining());
            bytes.get(target, 0, read);
            return read;
        };
        return new IndexCheck(input, buffer.limit(), id);
    }

    static IndexCheck of(InputStream in, long size, String id) {
        return new IndexCheck((target, length) -> in.readNBytes(target, 0, length), size, id);
    }

    List<String> packIds() {
        return List.copyOf(packIds);
    }

    int entries() {
        return entries;
    }

    void run() throws IOException {
        header();
        packs();
        for (int i = 0; i < IndexLayout.FAN_OUT; i++) {
            read(4);
            fanOut[i] = BigEndian.intAt(piece, 0);
        }
        entriesInOrder();
        fanOutFits();
        digestFits();
    }

    private void header() throws IOException {
        if (size < IndexLayout.size(0, 0)) {
            throw damaged("it has only %d bytes".formatted(size));
        }
        read(IndexLayout.HEADER);
        if (BigEndian.intAt(piece, 0) != IndexLayout.MAGIC) {
            throw damaged("it starts with %08x".formatted(BigEndian.intAt(piece, 0)));
        }
        int version = BigEndian.intAt(piece, 4);
        if (version != IndexLayout.VERSION) {
            throw new IntegrityException("index %s has version %d, this release reads version %d only"
                    .formatted(id, version, IndexLayout.VERSION));
        }
        packs = BigEndian.intAt(piece, 8);
        entries = BigEndian.intAt(piece, 12);
        if (packs < 0 || entries < 0 || IndexLayout.size(packs, entries) != size) {
            throw damaged("%d bytes cannot hold %d packs and %d entries".formatted(size, packs, entries));
        }
    }

    private void read(int length) throws IOException {
        readRaw(length);
        digest.update(piece, 0, length);
    }

    private void readRaw(int length) throws IOException {
        if (input.read(piece, length) < length) {
            throw damaged("it ends before its %d bytes".formatted(size));
        }
    }

    private void packs() throws IOException {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < packs; i++) {
            read(BlobId.BYTES);
            String packId = BigEndian.idAt(piece, 0).hex();
            if (!seen.add(packId)) {
                throw damaged("it names pack %s twice".formatted(packId));
            }
            packIds.add(packId);
        }
    }

    private void entriesInOrder() throws IOException {
        for (int done = 0; done < entries; ) {
            int count = Math.min(entries - done, PIECE / IndexLayout.ENTRY);
            read(count * IndexLayout.ENTRY);
            for (int i = 0; i < count; i++) {
                entry(done + i, i * IndexLayout.ENTRY);
            }
            done += count;
        }
    }

    private void entry(int ordinal, int at) {
        long nextA = BigEndian.longAt(piece, at);
        long nextB = BigEndian.longAt(piece, at + 8);
        long nextC = BigEndian.longAt(piece, at + 16);
        long nextD = BigEndian.longAt(piece, at + 24);
        int nextPack = BigEndian.intAt(piece, at + 32);
        int order = ordinal == 0 ? -1 : BlobId.compare(a, b, c, d, nextA, nextB, nextC, nextD);
        if (order > 0 || (order == 0 && nextPack == pack)) {
            throw damaged("entry %d is out of order".formatted(ordinal));
        }
        int offset = BigEndian.intAt(piece, at + 36);
        int stored = BigEndian.intAt(piece, at + 40);
        int raw = BlobKind.unmark(BigEndian.intAt(piece, at + 44));
        if (nextPack < 0
                || nextPack >= packs
                || offset < PackLayout.HEADER
                || stored < 0
                || stored > raw
                || raw > StoreFormat.MAX_BLOB
                || offset > Integer.MAX_VALUE - stored) {
            throw damaged("entry %d cannot be in pack %d at %d with %d stored and %d raw bytes"
                    .formatted(ordinal, nextPack, offset, stored, raw));
        }
        a = nextA;
        b = nextB;
        c = nextC;
        d = nextD;
        pack = nextPack;
        counts[(int) (a >>> 56)]++;
    }

    private void fanOutFits() {
        int sum = 0;
        for (int i = 0; i < IndexLayout.FAN_OUT; i++) {
            sum += counts[i];
            if (fanOut[i] != sum) {
                throw damaged("its fan-out says %d entries up to byte %d, there are %d".formatted(fanOut[i], i, sum));
            }
        }
    }

    private void digestFits() throws IOException {
        String found = BlobId.ofDigest(digest.digest()).hex();
        readRaw(IndexLayout.DIGEST);
        String said = BigEndian.idAt(piece, 0).hex();
        if (!found.equals(said) || !found.equals(id)) {
            throw damaged("its digest is %s, it says %s".formatted(found, said));
        }
        if (input.read(piece, 1) > 0) {
            throw damaged("it has more than %d bytes".formatted(size));
        }
    }

    private IntegrityException damaged(String what) {
        return new IntegrityException("index %s is damaged: %s".formatted(id, what));
    }
}
