package dev.mlops.core.sample;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.SampleOptions;

/** Which file comes at which position. Keeps the order of one epoch; confined to one thread. */
final class SampleOrder {
    private final EntryTable files;
    private final SampleOptions options;
    private final Sha256 identity;
    private final int epochSize;
    private int[] order = {};
    private long orderOf = -1;

    SampleOrder(EntryTable files, Sha256 manifest, SampleOptions options) {
        this.files = files;
        this.options = options;
        this.identity = Shuffle.identity(manifest, options.query(), options.seed());
        this.epochSize = Shuffle.shardSize(files.size(), options.shard(), options.shards());
    }

    int epochSize() {
        return epochSize;
    }

    /** The first position behind the last sample. */
    long end() {
        return options.passes() == SampleOptions.Passes.ENDLESS && epochSize > 0 ? Long.MAX_VALUE : epochSize;
    }

    /** The epoch of a position. */
    long epoch(long position) {
        return options.epoch() + (epochSize == 0 ? 0 : position / epochSize);
    }

    FileEntry get(long position) {
        long pass = position / epochSize;
        if (pass != orderOf) {
            order = Shuffle.order(identity, epoch(position), files.size(), options.shard(), options.shards());
            orderOf = pass;
        }
        return files.get(order[(int) (position % epochSize)]);
    }
}
