package dev.mlops.core.pack;

/**
 * Where a blob lies in a pack.
 *
 * @param id the blob
 * @param kind what it is
 * @param offset where its stored bytes start in the pack
 * @param storedLength how many there are; less than {@code rawLength} if they are compressed, else equal
 * @param rawLength how many bytes the blob has
 */
public record PackEntry(BlobId id, BlobKind kind, int offset, int storedLength, int rawLength) {}
