package dev.mlops.api.dataset;

import dev.mlops.api.content.Sha256;
import java.net.URI;

/**
 * A part of a file that can be downloaded from the object store itself: GET {@code uri} with the header {@code Range:
 * bytes=<offset>-<offset + length - 1>}, decompress the answer if {@code isCompressed}, check it against {@code sha256}.
 * The parts of a file in their order are the file.
 *
 * @param uri an address that needs no credentials as long as it is valid; others may see what it gives
 * @param offset the first byte
 * @param length how many bytes, at least 1
 * @param isCompressed true if these bytes are one zstd frame (RFC 8878), false if they are the part itself
 * @param rawLength the bytes of the part
 * @param sha256 the digest of the part
 */
public record DownloadPart(URI uri, long offset, long length, boolean isCompressed, long rawLength, Sha256 sha256) {
    /** The value of the header {@code Range}. */
    public String range() {
        return "bytes=%d-%d".formatted(offset, offset + length - 1);
    }

    /** Without the address, which is a secret. */
    @Override
    public String toString() {
        return "%s of %s for %d bytes%s".formatted(range(), uri.getPath(), rawLength, isCompressed ? ", zstd" : "");
    }
}
