package dev.mlops.core.source;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.MediaFacts;
import java.io.IOException;

/**
 * What an earlier publish found out about a file's bytes.
 *
 * @param sha256 the digest of its bytes
 * @param mediaType its media type
 * @param facts what was found inside
 */
public record KnownFile(Sha256 sha256, String mediaType, MediaFacts facts) {
    static void write(MediaFacts facts, RecordWriter out) {
        boolean isAny = !facts.equals(MediaFacts.NONE);
        out.number(isAny ? 1 : 0);
        if (isAny) {
            out.optional(facts.width());
            out.optional(facts.height());
            out.optional(facts.durationMillis());
            out.optional(facts.rows());
        }
    }

    static MediaFacts readFacts(RecordReader in) throws IOException {
        if (in.number() == 0) {
            return MediaFacts.NONE;
        }
        return new MediaFacts(in.optionalInt(), in.optionalInt(), in.optional(), in.optional());
    }
}
