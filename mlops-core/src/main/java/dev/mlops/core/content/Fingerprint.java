package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** What the bytes of a content are: the digest of the whole and those of the blocks. Immutable. */
record Fingerprint(Sha256 digest, Blocks blocks) {
    long size() {
        return blocks.size();
    }

    /** Of at most one block. */
    static Fingerprint ofSmall(byte[] bytes) {
        Sha256 digest = Sha256.of(bytes);
        return new Fingerprint(digest, new Blocks(bytes.length, List.of(digest)));
    }

    /** Takes bytes as they come and tells what they were. Confined to one thread. */
    static final class Hasher {
        private final MessageDigest whole = Sha256.newDigest();
        private final MessageDigest block = Sha256.newDigest();
        private final List<Sha256> digests = new ArrayList<>();
        private long size;
        private int inBlock;

        void update(byte[] bytes, int offset, int length) {
            whole.update(bytes, offset, length);
            size += length;
            int from = offset;
            int rest = length;
            while (rest > 0) {
                int n = Math.min(rest, Blocks.BLOCK - inBlock);
                block.update(bytes, from, n);
                from += n;
                rest -= n;
                inBlock += n;
                if (inBlock == Blocks.BLOCK) {
                    endBlock();
                }
            }
        }

        /** May be called once, after the last byte. */
        Fingerprint finish() {
            if (inBlock > 0 || digests.isEmpty()) {
                endBlock();
            }
            return new Fingerprint(Sha256.ofDigest(whole.digest()), new Blocks(size, digests));
        }

        private void endBlock() {
            digests.add(Sha256.ofDigest(block.digest()));
            inBlock = 0;
        }
    }
}
