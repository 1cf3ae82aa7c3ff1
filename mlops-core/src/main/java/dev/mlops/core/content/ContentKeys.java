package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;

/** Under which keys the object store holds what belongs to a content. */
final class ContentKeys {
    private ContentKeys() {}

    /** Its bytes. */
    static String content(Sha256 digest) {
        return key("content", digest);
    }

    /** The digests of its blocks, if it has more than one. */
    static String blocks(Sha256 digest) {
        return key("blocks", digest);
    }

    private static String key(String kind, Sha256 digest) {
        return "%s/%s/%s".formatted(kind, digest.hex().substring(0, 2), digest.hex());
    }
}
