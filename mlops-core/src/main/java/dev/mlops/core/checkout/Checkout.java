package dev.mlops.core.checkout;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.MaterialiseOptions;
import dev.mlops.api.dataset.MaterialiseReport;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.core.cache.LateFileCache;
import dev.mlops.core.content.ContentStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes files of a version below a directory, a batch after the other: looks at what is there, reads what might be right,
 * and has the store give the rest in its own order. Nothing is written through a symbolic link that lies there: a link in
 * the place of a file is replaced, one in the place of a folder is refused. For one call; its memory does not grow with
 * the number of files.
 */
public final class Checkout {
    /** Large, so that a pack is seldom read for two batches; half a kilobyte of memory each, and two at a time. */
    private static final int BATCH = 32 * 1024;
    /** Small, so that the writing begins early; each batch is twice as large as the one before. */
    private static final int FIRST_BATCH = 2 * 1024;

    private final ContentStore content;
    private final VersionFiles files;
    private final DatasetVersion version;
    private final Path target;
    private final MaterialiseOptions options;
    private final Tally tally;
    private final Parts parts = new Parts();
    private final FileWriter writer;
    private final @Nullable CacheLinks cache;
    private final Links links;
    private final List<Pending> laterLinks = new ArrayList<>();

    /**
     * Prepares a checkout.
     *
     * @param files lists the files of the version, and of those that were checked out before
     * @param cache what files are linked to if the options say so
     * @param totalFiles how many files there are, or -1 when not known
     * @param totalBytes how many bytes they have, or -1 when not known
     */
    public Checkout(
            ContentStore content,
            VersionFiles files,
            DatasetVersion version,
            Path target,
            MaterialiseOptions options,
            LateFileCache cache,
            long totalFiles,
            long totalBytes) {
        this.content = content;
        this.files = files;
        this.version = version;
        this.target = target.toAbsolutePath();
        this.options = options;
        this.tally = new Tally(options.progress(), totalFiles, totalBytes);
        this.cache = isLinked() ? new CacheLinks(cache.get(), parts, tally) : null;
        this.writer =
                new FileWriter(version.reference(), parts, keepsTimes(), tally, options.cancellation(), this.cache);
        this.links = new Links(content, options.links(), parts, tally);
    }

    private boolean isLinked() {
        return options.sharing() == MaterialiseOptions.Sharing.HARD_LINKS;
    }

    /** The time of a linked file is the cache's, which tells by it whether somebody changed the file. */
    private boolean keepsTimes() {
        return options.times() == MaterialiseOptions.Times.RECORDED && !isLinked();
    }

    /** Does it. */
    public MaterialiseReport run() {
        int processors = Runtime.getRuntime().availableProcessors();
        try (Workers workers = new Workers(Math.max(2, Math.min(processors, 16)))) {
            Folders folders = new Folders(target);
            Trust trust = folders.target().isNew() ? Trust.NONE : Trust.of(Journal.of(target), options.query(), files);
            if (options.extraneous() == MaterialiseOptions.Extraneous.DELETE
                    && !folders.target().isNew()) {
                new Extraneous(entries(), tally, options.cancellation()).deleteIn(target);
            }
            write(folders, new Comparison(trust, keepsTimes(), options.cancellation()), workers);
            Journal.write(target, version.manifest(), options.query(), parts);
        } finally {
            parts.close();
        }
        tally.finish();
        return tally.report();
    }

    private void check() {
        options.cancellation().check("materialising " + version.reference());
    }

    private Iterator<FileEntry> entries() {
        return files.of(version.manifest(), options.query());
    }

    /** Looks at the files of one batch while those of the one before are written. */
    private void write(Folders folders, Comparison comparison, Workers workers) {
        Iterator<FileEntry> entries = entries();
        try (Ahead writing = new Ahead("mlops-checkout-writer")) {
            for (int size = FIRST_BATCH; entries.hasNext(); size = Math.min(BATCH, 2 * size)) {
                Map<Sha256, Pending> missing = missing(entries, size, folders, comparison, workers);
                writing.run(() -> writeAll(missing, writing));
            }
            writing.finish();
        }
        laterLinks.forEach(link -> links.make(link.entry(), link.parent()));
    }

    private Map<Sha256, Pending> missing(
            Iterator<FileEntry> entries, int most, Folders folders, Comparison comparison, Workers workers) {
        Map<Sha256, Pending> missing = new HashMap<>();
        List<Pending> perhapsRight = new ArrayList<>();
        for (int i = 0; i < most && entries.hasNext(); i++) {
            check();
            sort(entries.next(), folders, comparison, missing, perhapsRight);
        }
        compare(comparison, perhapsRight, workers);
        perhapsRight.stream().filter(file -> !file.isDone()).forEach(file -> add(missing, file));
        linkAll(missing, workers);
        return missing;
    }

    private void sort(
            FileEntry entry,
            Folders folders,
            Comparison comparison,
            Map<Sha256, Pending> missing,
            List<Pending> perhapsRight) {
        switch (entry.kind()) {
            case FOLDER -> {
                folders.of(entry.path() + "/");
                tally.unchanged(0);
            }
            case LINK -> {
                links.check(entry);
                laterLinks.add(new Pending(entry, folders.of(entry.path())));
            }
            case FILE -> {
                Pending file = new Pending(entry, folders.of(entry.path()));
                switch (file.parent().isNew()
                        ? Comparison.Finding.WRONG_OR_MISSING
                        : comparison.look(entry, file.file())) {
                    case RIGHT -> tally.unchanged(entry.size());
                    case PERHAPS_RIGHT -> perhapsRight.add(file);
                    case WRONG_OR_MISSING -> add(missing, file);
                }
            }
        }
    }

    private static void add(Map<Sha256, Pending> missing, Pending file) {
        missing.compute(file.entry().sha256(), (digest, others) -> file.before(others));
    }

    private void compare(Comparison comparison, List<Pending> perhapsRight, Workers workers) {
        workers.forEach(perhapsRight, file -> {
            if (comparison.isRight(file.entry(), file.file())) {
                file.done();
                tally.unchanged(file.entry().size());
            }
        });
    }

    private void linkAll(Map<Sha256, Pending> missing, Workers workers) {
        CacheLinks from = cache;
        if (from != null) {
            workers.forEach(new ArrayList<>(missing.values()), file -> {
                check();
                from.linkAll(file);
            });
            missing.values().removeIf(Checkout::areAllDone);
        }
    }

    private static boolean areAllDone(Pending first) {
        for (Pending file = first; file != null; file = file.same()) {
            if (!file.isDone()) {
                return false;
            }
        }
        return true;
    }

    private void writeAll(Map<Sha256, Pending> missing, Ahead writing) {
        if (missing.isEmpty()) {
            return;
        }
        try {
            content.readAll(missing.keySet(), into(missing, writing), options.cancellation());
        } catch (IntegrityException | NotFoundException e) {
            throw named(missing, e);
        }
    }

    private ContentStore.Receiver into(Map<Sha256, Pending> missing, Ahead writing) {
        return new ContentStore.Receiver() {
            @Override
            public void take(Sha256 digest, long size, InputStream bytes) {
                writing.check();
                writer.write(of(missing, digest), size, bytes);
            }

            @Override
            public void take(Sha256 digest, byte[] bytes, int offset, int length) {
                writing.check();
                writer.write(of(missing, digest), bytes, offset, length);
            }
        };
    }

    private static Pending of(Map<Sha256, Pending> missing, Sha256 digest) {
        Pending first = missing.get(digest);
        if (first == null) {
            throw new IllegalStateException("the store gave content %s, which was not asked for".formatted(digest));
        }
        return first;
    }

    /** The store names contents; people want to know of files. */
    private IntegrityException named(Map<Sha256, Pending> missing, RuntimeException failure) {
        if (failure instanceof IntegrityException named && writer.hasNamed(named)) {
            return named;
        }
        for (Pending file : missing.values()) {
            if (!file.isDone()) {
                check();
                try {
                    content.verify(file.entry().sha256());
                } catch (IntegrityException | NotFoundException e) {
                    return writer.damaged(file.entry(), String.valueOf(e.getMessage()), e);
                }
            }
        }
        return new IntegrityException(
                "files of %s are damaged: %s".formatted(version.reference(), failure.getMessage()), failure);
    }
}
