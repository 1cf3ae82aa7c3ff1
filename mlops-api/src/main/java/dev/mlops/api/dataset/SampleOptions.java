package dev.mlops.api.dataset;

import dev.mlops.api.error.InvalidInputException;

/** Which files to train on, in what order, and how far to read ahead. Immutable. */
public final class SampleOptions {
    private static final int MAX_PREFETCH_FILES = 100_000;
    private static final long MAX_PREFETCH_BYTES = 1L << 40;

    private final FileQuery query;
    private final long seed;
    private final long epoch;
    private final int shard;
    private final int shards;
    private final int prefetchFiles;
    private final long prefetchBytes;
    private final Passes passes;

    /** How often the files are gone through. */
    public enum Passes {
        /** Once, for the one epoch. */
        ONE,
        /** Again and again, with the next epoch each time, until it is closed. */
        ENDLESS
    }

    private SampleOptions(Builder builder) {
        query = builder.query;
        seed = builder.seed;
        epoch = builder.epoch;
        shard = builder.shard;
        shards = builder.shards;
        prefetchFiles = builder.prefetchFiles;
        prefetchBytes = builder.prefetchBytes;
        passes = builder.passes;
    }

    /** All files once, with seed 0, in epoch 0, unsharded. */
    public static SampleOptions defaults() {
        return builder().build();
    }

    /** The files of a split, else as by {@link #defaults()}. */
    public static SampleOptions split(String split) {
        return builder().split(split).build();
    }

    /** A builder that begins with {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Which files. */
    public FileQuery query() {
        return query;
    }

    /** The seed of the order. */
    public long seed() {
        return seed;
    }

    /** The first epoch. */
    public long epoch() {
        return epoch;
    }

    /** The shard, from 0. */
    public int shard() {
        return shard;
    }

    /** How many shards there are. */
    public int shards() {
        return shards;
    }

    /** How many files are read ahead at most. */
    public int prefetchFiles() {
        return prefetchFiles;
    }

    /** How many bytes are read ahead at most. */
    public long prefetchBytes() {
        return prefetchBytes;
    }

    /** How often the files are gone through. */
    public Passes passes() {
        return passes;
    }

    /** Builds {@link SampleOptions}. Not thread-safe. */
    public static final class Builder {
        private FileQuery query = FileQuery.ALL;
        private long seed;
        private long epoch;
        private int shard;
        private int shards = 1;
        private int prefetchFiles = 256;
        private long prefetchBytes = 64L << 20;
        private Passes passes = Passes.ONE;

        private Builder() {}

        /** Which files; all by default. Links and empty folders are left out. */
        public Builder query(FileQuery query) {
            this.query = query;
            return this;
        }

        /** The files of a split; all by default. */
        public Builder split(String split) {
            return query(FileQuery.split(split));
        }

        /** The seed of the order; 0 by default. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** The first epoch, not negative; each has an order of its own; 0 by default. */
        public Builder epoch(long epoch) {
            if (epoch < 0) {
                throw new InvalidInputException("epoch", epoch, "must not be negative");
            }
            this.epoch = epoch;
            return this;
        }

        /**
         * Takes one of several disjoint shards of each epoch, whose sizes differ by at most one; one shard with
         * everything by default.
         *
         * @param shard which, from 0
         * @param shards how many
         */
        public Builder shard(int shard, int shards) {
            if (shard < 0 || shard >= shards) {
                throw new InvalidInputException("shard", shard + " of " + shards, "must be 0 to shards - 1");
            }
            this.shard = shard;
            this.shards = shards;
            return this;
        }

        /**
         * How far to read ahead at most; 256 files and 64 MiB by default. A file with more than a quarter of the bytes is
         * not read ahead.
         *
         * @param files 1 to 100,000
         * @param bytes 1 to 1 TiB
         */
        public Builder prefetch(int files, long bytes) {
            if (files < 1 || files > MAX_PREFETCH_FILES) {
                throw new InvalidInputException("files to prefetch", files, "must be 1 to " + MAX_PREFETCH_FILES);
            }
            if (bytes < 1 || bytes > MAX_PREFETCH_BYTES) {
                throw new InvalidInputException("bytes to prefetch", bytes, "must be 1 to " + MAX_PREFETCH_BYTES);
            }
            this.prefetchFiles = files;
            this.prefetchBytes = bytes;
            return this;
        }

        /** How often the files are gone through; once by default. */
        public Builder passes(Passes passes) {
            this.passes = passes;
            return this;
        }

        /** Makes the options. */
        public SampleOptions build() {
            return new SampleOptions(this);
        }
    }
}
