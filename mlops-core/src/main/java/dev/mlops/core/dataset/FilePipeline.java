package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.content.Crew;
import dev.mlops.core.media.Inspection;
import dev.mlops.core.source.FileStamp;
import dev.mlops.core.source.KnownFile;
import dev.mlops.core.source.SourceFile;
import dev.mlops.core.source.SourceFiles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has the bytes of many files stored, in parallel, and gives them on in the order in which they were found. Each member of
 * the crew takes a batch of files, stores them, and puts the batch in its place; who puts the one that is next gives on
 * all that are ready. Finding files and giving them on is done by one thread at a time. In memory are the files of some
 * hundred batches at most, and not their bytes. For one run.
 */
final class FilePipeline {
    private static final String WHAT = "the publish";
    private static final int BATCH_FILES = 64;
    private static final int BATCH_BYTES = 1 << 20;
    private static final int MAX_AHEAD = 256;
    private static final int MAX_READS = 4;
    private static final long WAIT_MILLIS = 100;
    private static final Sha256 NO_BYTES = Sha256.of(new byte[0]);

    private final SourceFiles files;
    private final FileIntake intake;
    private final Lookup lookup;
    private final Times times;
    private final PublishMeter meter;
    private final Cancellation cancellation;
    private final Consumer<TakenFile> sink;
    private final Crew crew = new Crew(WHAT);
    private final Object sourceLock = new Object();
    private final Object orderLock = new Object();
    private final Map<Long, List<TakenFile>> ready = new HashMap<>();
    private long begun;
    private long given;
    private boolean isGiving;
    private boolean isAtEnd;

    /** Is asked of each file as it is found, by one thread at a time. */
    interface Lookup {
        /** What is known of a file from an earlier publish; throws if the file cannot be taken. */
        Optional<KnownFile> find(SourceFile file);
    }

    /** Whether modification times are recorded. */
    enum Times {
        KEEP,
        IGNORE
    }

    FilePipeline(
            SourceFiles files,
            FileIntake intake,
            Lookup lookup,
            Times times,
            PublishMeter meter,
            Cancellation cancellation,
            Consumer<TakenFile> sink) {
        this.files = files;
        this.intake = intake;
        this.lookup = lookup;
        this.times = times;
        this.meter = meter;
        this.cancellation = cancellation;
        this.sink = sink;
    }

    /** Returns when all files were given to the sink, or throws the first failure. */
    void run(Executor executor, int parallelism) {
        crew.run(executor, parallelism, this::work);
        meter.finish();
    }

    private void work() {
        for (Batch batch = next(); batch != null; batch = next()) {
            List<TakenFile> taken = new ArrayList<>(batch.files().size());
            for (Piece piece : batch.files()) {
                taken.add(piece.taken() == null ? take(piece.file(), piece.known()) : piece.taken());
            }
            put(batch.number(), taken);
        }
    }

    private record Batch(long number, List<Piece> files) {}

    /** A file that is to be taken, or was taken when it was found because it had to be. */
    private record Piece(
            SourceFile file,
            @Nullable KnownFile known,
            @Nullable TakenFile taken) {}

    private @Nullable Batch next() {
        awaitRoom();
        synchronized (sourceLock) {
            check();
            if (isAtEnd) {
                return null;
            }
            isAtEnd = true; // also if this fails
            List<Piece> found = find();
            return found.isEmpty() ? null : new Batch(begun++, found);
        }
    }

    private List<Piece> find() {
        List<Piece> found = new ArrayList<>(BATCH_FILES);
        long bytes = 0;
        while (found.size() < BATCH_FILES && bytes < BATCH_BYTES) {
            if (!files.hasNext()) {
                meter.allFound();
                return found;
            }
            SourceFile file = files.next();
            KnownFile known = lookup.find(file).orElse(null);
            meter.found(file);
            bytes += known == null ? file.sizeHint() : 0;
            if (file.reading() == SourceFile.Reading.BEFORE_NEXT) {
                found.add(new Piece(file, null, take(file, null)));
            } else {
                found.add(new Piece(file, known, null));
            }
        }
        isAtEnd = false;
        return found;
    }

    /** The batch that is next is never waited for by the one who has it, so that somebody always goes on. */
    private void awaitRoom() {
        synchronized (orderLock) {
            while (ready.size() >= MAX_AHEAD) {
                check();
                try {
                    orderLock.wait(WAIT_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancelledException(WHAT + " was interrupted", e);
                }
            }
        }
    }

    private void check() {
        cancellation.check(WHAT);
        crew.check();
    }

    private TakenFile take(SourceFile file, @Nullable KnownFile known) {
        check();
        PublishMeter.Item item = meter.item();
        if (file.kind() == FileKind.FOLDER) {
            return taken(file, new Stored(NO_BYTES, 0, false), item);
        }
        if (known != null) {
            Optional<Stored> there = intake.reuse(known.sha256());
            if (there.isPresent() && there.get().size() == file.sizeHint()) {
                item.done(there.get());
                return new TakenFile(
                        entry(file, there.get(), known.mediaType(), known.facts()),
                        null,
                        file.stamp().orElse(null));
            }
        }
        return read(file, item);
    }

    /** A file that changed while it was read is read again: its beginning may be old and its end new. */
    private TakenFile read(SourceFile found, PublishMeter.Item item) {
        SourceFile file = found;
        for (int reads = 1; reads <= MAX_READS; reads++) {
            Stored stored = intake.put(new WatchedFile(file, position -> {
                check();
                item.reached(position);
            }));
            Optional<SourceFile> changed = file.changed();
            if (changed.isEmpty()) {
                return taken(file, stored, item);
            }
            file = changed.get();
        }
        throw new ConflictException(
                "file '%s' changed each of the %d times that it was read; publish again when it rests"
                        .formatted(found.path(), MAX_READS));
    }

    private TakenFile taken(SourceFile file, Stored stored, PublishMeter.Item item) {
        item.done(stored);
        Inspection found = file.inspection();
        FileStamp stamp = file.stamp().orElse(null);
        return new TakenFile(entry(file, stored, found.mediaType(), found.facts()), found, stamp);
    }

    private FileEntry entry(SourceFile file, Stored stored, String mediaType, MediaFacts facts) {
        Instant modifiedAt = times == Times.KEEP ? file.modifiedAt().orElse(null) : null;
        return new FileEntry(
                file.path(), file.kind(), stored.size(), stored.digest(), mediaType.intern(), null, modifiedAt, facts);
    }

    private void put(long number, List<TakenFile> taken) {
        synchronized (orderLock) {
            ready.put(number, taken);
            if (isGiving) {
                return;
            }
            isGiving = true; // stays so if the sink fails
        }
        for (List<TakenFile> next = nextReady(); next != null; next = nextReady()) {
            next.forEach(sink);
        }
    }

    private @Nullable List<TakenFile> nextReady() {
        synchronized (orderLock) {
            List<TakenFile> next = ready.remove(given);
            if (next == null) {
                isGiving = false;
                return null;
            }
            given++;
            orderLock.notifyAll();
            return next;
        }
    }
}
