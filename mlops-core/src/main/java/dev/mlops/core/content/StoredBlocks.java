package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The block digests in the object store, which can be made again from a content as long as that is whole. Thread-safe. */
final class StoredBlocks {
    private static final Logger log = LoggerFactory.getLogger(StoredBlocks.class);
    private static final int BUFFER = 64 * 1024;

    private final ObjectStore objects;
    private final BlockCache cache = new BlockCache();

    StoredBlocks(ObjectStore objects) {
        this.objects = objects;
    }

    void put(Sha256 digest, Blocks blocks) {
        objects.putIfAbsent(ContentKeys.blocks(digest), ObjectBody.of(blocks.toBytes(digest)));
    }

    /**
     * Finds the blocks of a content of more than one.
     *
     * @param size its size as the object store says
     * @param content opens all of it, verified
     * @throws IntegrityException if its blocks are not known and it is damaged
     */
    Blocks find(Sha256 digest, long size, Supplier<InputStream> content) {
        Optional<Blocks> known = cache.find(digest);
        if (known.isPresent()) {
            return known.get();
        }
        Blocks blocks = read(digest, size, content);
        cache.add(digest, blocks);
        return blocks;
    }

    private Blocks read(Sha256 digest, long size, Supplier<InputStream> content) {
        try (InputStream in = objects.get(ContentKeys.blocks(digest))) {
            int longest = (int) Math.min(Blocks.storedSize(size) + 1, Integer.MAX_VALUE - 8);
            return Blocks.parse(in.readNBytes(longest), digest, size);
        } catch (NotFoundException | IntegrityException e) {
            log.warn(
                    "cannot use the block digests of content {} in {}, making them again: {}",
                    digest,
                    objects.describe(),
                    e.getMessage());
            return restore(digest, content);
        } catch (IOException e) {
            throw ContentFailures.of("cannot read the block digests of content " + digest, e);
        }
    }

    private Blocks restore(Sha256 digest, Supplier<InputStream> content) {
        Fingerprint.Hasher hasher = new Fingerprint.Hasher();
        try (InputStream in = content.get()) {
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hasher.update(buffer, 0, n);
            }
        } catch (IOException e) {
            throw ContentFailures.of("cannot read content " + digest, e);
        }
        Blocks blocks = hasher.finish().blocks();
        replace(digest, blocks);
        return blocks;
    }

    private void replace(Sha256 digest, Blocks blocks) {
        try {
            objects.delete(ContentKeys.blocks(digest));
            put(digest, blocks);
        } catch (UnavailableException readOnlyForUs) {
            log.debug("cannot store the block digests of content {}", digest, readOnlyForUs);
        }
    }
}
