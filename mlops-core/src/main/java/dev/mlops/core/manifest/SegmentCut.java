package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;

/**
 * Says after which files a segment ends: those where the first ten bits of SHA-256(path in UTF-8) are zero, one of 1,024.
 * Where a list is cut thus depends on its paths alone, and equal stretches of two lists are cut alike. One changed file
 * in a million then rewrites about 40 KB of a segment and 60 KB of the root, which is about the least in sum. Confined to
 * one thread.
 */
final class SegmentCut {
    private final MessageDigest sha256 = Sha256.newDigest();
    private final byte[] hash = new byte[32];

    boolean isAfter(String path) {
        sha256.update(path.getBytes(StandardCharsets.UTF_8));
        try {
            sha256.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 has 32 bytes", e);
        }
        return hash[0] == 0 && (hash[1] & 0xc0) == 0;
    }
}
