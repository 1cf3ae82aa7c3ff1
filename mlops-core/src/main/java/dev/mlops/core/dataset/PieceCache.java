package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of manifests of 1 MiB, verified when they are read; those used last are kept, 8 MiB at most, so that looking up
 * file after file does not read the store each time. Thread-safe.
 */
final class PieceCache {
    /** The size of each piece but the last of a manifest. */
    static final int PIECE = 1 << 20;

    private static final int KEPT = 8;
    private static final byte[] NOTHING = {};

    private final Supplier<ContentStore> content;
    private final Map<Key, byte[]> pieces = new LinkedHashMap<>(16, 0.75f, true);

    private record Key(Sha256 manifest, long index) {}

    PieceCache(Supplier<ContentStore> content) {
        this.content = content;
    }

    /**
     * A piece of a manifest; not to be changed. Empty if it lies behind the end.
     *
     * @throws IntegrityException if the store does not have the manifest, or it is damaged
     */
    byte[] piece(Sha256 manifest, long index) {
        Key key = new Key(manifest, index);
        byte[] kept = find(key);
        if (kept != null) {
            return kept;
        }
        byte[] read = read(manifest, index);
        keep(key, read);
        return read;
    }

    private byte[] read(Sha256 manifest, long index) {
        try (InputStream in = content.get().open(manifest, index * PIECE, PIECE)) {
            return in.readNBytes(PIECE);
        } catch (InvalidInputException behindTheEnd) {
            return NOTHING;
        } catch (NotFoundException e) {
            throw new IntegrityException("manifest %s is missing: %s".formatted(manifest, e.getMessage()), e);
        } catch (IOException e) {
            throw ReadFailures.of("cannot read manifest " + manifest, e);
        }
    }

    private synchronized byte @Nullable [] find(Key key) {
        return pieces.get(key);
    }

    private synchronized void keep(Key key, byte[] piece) {
        pieces.put(key, piece);
        if (pieces.size() > KEPT) {
            pieces.remove(pieces.keySet().iterator().next());
        }
    }
}
