package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The block digests of the contents that were last read in ranges. Thread-safe. */
final class BlockCache {
    /** Of all contents together; about ten megabytes. */
    private static final int MAX_DIGESTS = 65_536;

    private final Map<Sha256, Blocks> contents = new LinkedHashMap<>(16, 0.75f, true);
    private int digests;

    synchronized Optional<Blocks> find(Sha256 content) {
        return Optional.ofNullable(contents.get(content));
    }

    synchronized void add(Sha256 content, Blocks blocks) {
        if (contents.put(content, blocks) == null) {
            digests += blocks.digests().size();
        }
        for (Iterator<Blocks> eldest = contents.values().iterator(); digests > MAX_DIGESTS && eldest.hasNext(); ) {
            digests -= eldest.next().digests().size();
            eldest.remove();
        }
    }
}
