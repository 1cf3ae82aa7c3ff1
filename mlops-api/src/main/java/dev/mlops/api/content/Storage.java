package dev.mlops.api.content;

import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The upkeep of the bytes below all projects: how much there is, whether it is intact, and taking away what nobody needs
 * any more. Only the system's owner ({@link dev.mlops.api.access.Principal#isSystem()}) may call it; others get {@link
 * AccessDeniedException}. Everything may run while others write and read. Thread-safe.
 */
public interface Storage {
    /** How much is stored. Counts packs, not versions: bytes that several versions share count once. */
    Usage usage();

    /**
     * Takes away what no data set version, run or model version needs. Packs that nobody needs are condemned; those
     * condemned for longer than the grace period are deleted. Two calls with the grace period between them therefore
     * delete what was not needed at the first. A session of a writer that gave no sign for an hour counts as dead.
     *
     * @return what was, or with {@link CollectOptions#dryRun()} what would be, condemned and deleted
     */
    CollectReport collect(CollectOptions options);

    /**
     * Looks for damage. Packs are read in the order of when they were scrubbed last, so that a scrub that was ended or
     * limited goes on where it ended. A limited full scrub compares names and checks indexes once a round only: when it
     * comes to the pack that was stored first.
     */
    ScrubReport scrub(ScrubOptions options);

    /**
     * What is stored.
     *
     * @param packs objects that hold bytes
     * @param packBytes their size
     * @param indexes objects that tell where in the packs each blob is
     * @param indexBytes their size
     * @param damagedPacks packs with damage that is known and not mended
     */
    record Usage(long packs, long packBytes, long indexes, long indexBytes, long damagedPacks) {
        @Override
        public String toString() {
            return "%d packs with %d bytes, %d indexes with %d bytes%s"
                    .formatted(
                            packs,
                            packBytes,
                            indexes,
                            indexBytes,
                            damagedPacks == 0 ? "" : ", " + damagedPacks + " packs damaged");
        }
    }

    /**
     * How to collect.
     *
     * @param grace how long a pack that nobody needs is kept; at least 0
     * @param dryRun true to change nothing
     */
    record CollectOptions(Duration grace, boolean dryRun) {
        /** A day of grace, for real. */
        public static final CollectOptions DEFAULTS = new CollectOptions(Duration.ofDays(1), false);

        /** With another grace period. */
        public static CollectOptions grace(Duration grace) {
            return new CollectOptions(grace, false);
        }

        /** The same, changing nothing. */
        public CollectOptions asDryRun() {
            return new CollectOptions(grace, true);
        }
    }

    /**
     * What was collected.
     *
     * @param condemnedPacks packs that nobody needs any more and that are condemned since this call, not deleted yet
     * @param condemnedBytes their size
     * @param deletedPacks packs that were deleted
     * @param deletedBytes their size
     * @param deletedOthers replaced indexes and objects that belonged to nothing
     */
    record CollectReport(
            long condemnedPacks, long condemnedBytes, long deletedPacks, long deletedBytes, long deletedOthers) {
        @Override
        public String toString() {
            return "%d packs deleted (%d bytes), %d condemned (%d bytes), %d other objects deleted"
                    .formatted(deletedPacks, deletedBytes, condemnedPacks, condemnedBytes, deletedOthers);
        }
    }

    /**
     * How to scrub.
     *
     * @param depth how deep to look
     * @param maxBytes ends the scrub once so many bytes of packs were read; {@link Long#MAX_VALUE} for all
     */
    record ScrubOptions(Depth depth, long maxBytes, ProgressListener progress, Cancellation cancellation) {
        /** Compares what is stored with what should be, by name and size. */
        public static ScrubOptions quick() {
            return new ScrubOptions(Depth.QUICK, Long.MAX_VALUE, ProgressListener.NONE, new Cancellation());
        }

        /** Reads everything. */
        public static ScrubOptions full() {
            return new ScrubOptions(Depth.FULL, Long.MAX_VALUE, ProgressListener.NONE, new Cancellation());
        }

        /** Reads at most so many bytes of packs (and at least one pack), those first that were not read for longest. */
        public ScrubOptions maxBytes(long maxBytes) {
            return new ScrubOptions(depth, maxBytes, progress, cancellation);
        }

        /** How deep. */
        public enum Depth {
            /** Names and sizes. */
            QUICK,
            /** All bytes. */
            FULL
        }
    }

    /**
     * What a scrub found.
     *
     * @param packs packs that were looked at
     * @param bytes bytes that were read
     * @param damages what is damaged, those of earlier scrubs that are not mended among them
     * @param strangers the keys of objects that belong to nothing, at most 100
     * @param isComplete false if it ended at {@code maxBytes}
     */
    record ScrubReport(long packs, long bytes, List<Damage> damages, List<String> strangers, boolean isComplete) {
        /** Copies the lists. */
        public ScrubReport {
            damages = List.copyOf(damages);
            strangers = List.copyOf(strangers);
        }

        @Override
        public String toString() {
            return "%d packs scrubbed (%d bytes), %d damaged%s"
                    .formatted(packs, bytes, damages.size(), isComplete ? "" : ", to be continued");
        }
    }

    /**
     * A damaged pack. Publishing the same files again mends it.
     *
     * @param pack its object's key
     * @param problem what is wrong, in words
     * @param hurt the files that cannot be read because of it, at most 1,000
     */
    record Damage(String pack, String problem, List<HurtFile> hurt) {
        /** Copies the list. */
        public Damage {
            hurt = List.copyOf(hurt);
        }

        @Override
        public String toString() {
            return "%s: %s; hurts %s".formatted(pack, problem, hurt);
        }
    }

    /**
     * A file that cannot be read.
     *
     * @param owner the reference of the data set version, model version or run that it belongs to
     * @param path its path in it, or null if the list of files itself cannot be read
     */
    record HurtFile(String owner, @Nullable String path) {
        @Override
        public String toString() {
            return path == null ? owner : owner + " " + path;
        }
    }
}
