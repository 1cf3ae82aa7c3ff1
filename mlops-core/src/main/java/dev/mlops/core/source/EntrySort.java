package dev.mlops.core.source;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.core.file.PathOrder;
import dev.mlops.core.file.ReadFailures;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sorts any number of manifest entries by path: those beyond a limit are put aside in sorted runs in a temporary file,
 * which are merged at the end. Entries are to be added first and then read once. Confined to one thread at a time.
 */
public final class EntrySort implements AutoCloseable {
    /** So many entries take about 20 MB. */
    private static final int IN_MEMORY = 1 << 16;

    private static final int MERGE_BUFFER = 16 * 1024;
    private static final Comparator<FileEntry> BY_PATH = Comparator.comparing(FileEntry::path, PathOrder.BY_CODE_POINT);

    private final Path staging;
    private final int limit;
    private final List<FileEntry> entries = new ArrayList<>();
    private final List<Long> runEnds = new ArrayList<>();
    private final Map<String, String> texts = new HashMap<>();
    private @Nullable Spill spill;

    /** Sorts with a temporary file in {@code staging}, if one is needed. */
    public EntrySort(Path staging) {
        this(staging, IN_MEMORY);
    }

    EntrySort(Path staging, int limit) {
        this.staging = staging;
        this.limit = limit;
    }

    /** Adds an entry. */
    public void add(FileEntry entry) {
        entries.add(entry);
        if (entries.size() >= limit) {
            try {
                spill();
            } catch (IOException e) {
                throw ReadFailures.of("cannot put the list of files aside in " + staging, e);
            }
        }
    }

    private void spill() throws IOException {
        if (spill == null) {
            spill = Spill.createIn(staging);
        }
        entries.sort(BY_PATH);
        ByteArrayOutputStream out = new ByteArrayOutputStream(2 * Blocks.FULL);
        RecordWriter records = new RecordWriter();
        for (FileEntry entry : entries) {
            write(entry, records);
            if (records.size() >= Blocks.FULL) {
                append(records, out, spill);
            }
        }
        append(records, out, spill);
        runEnds.add(spill.length());
        entries.clear();
    }

    private static void append(RecordWriter records, ByteArrayOutputStream out, Spill spill) throws IOException {
        if (records.size() > 0) {
            Blocks.write(records, out);
            spill.append(out.toByteArray(), out.size());
            out.reset();
        }
    }

    /** All entries by path; nothing can be added any more. To be read before this is closed. */
    public Iterator<FileEntry> sorted() {
        entries.sort(BY_PATH);
        if (spill == null) {
            return entries.iterator();
        }
        return new Merge(spill);
    }

    @Override
    public void close() {
        if (spill != null) {
            spill.close();
        }
    }

    private static void write(FileEntry entry, RecordWriter out) {
        out.path(entry.path());
        out.text(entry.kind().name());
        out.number(entry.size());
        out.digest(entry.sha256());
        out.text(entry.mediaType());
        out.text(entry.split() == null ? "" : entry.split());
        out.number(entry.modifiedAt() == null ? 0 : 1);
        out.signed(entry.modifiedAt() == null ? 0 : entry.modifiedAt().toEpochMilli());
        KnownFile.write(entry.facts(), out);
    }

    private FileEntry read(RecordReader in) throws IOException {
        String path = in.path();
        FileKind kind = FileKind.valueOf(in.text());
        long size = in.number();
        Sha256 digest = Sha256.ofDigest(in.digest());
        String type = shared(in.text());
        String split = in.text();
        boolean hasTime = in.number() == 1;
        long time = in.signed();
        MediaFacts facts = KnownFile.readFacts(in);
        return new FileEntry(
                path,
                kind,
                size,
                digest,
                type,
                split.isEmpty() ? null : shared(split),
                hasTime ? Instant.ofEpochMilli(time) : null,
                facts);
    }

    private String shared(String text) {
        return texts.computeIfAbsent(text, same -> same);
    }

    private final class Merge implements Iterator<FileEntry> {
        private final PriorityQueue<Run> runs = new PriorityQueue<>(Comparator.comparing(Run::first, BY_PATH));

        Merge(Spill spill) {
            long begin = 0;
            for (long end : runEnds) {
                add(new Run(new BufferedInputStream(spill.open(begin, end), MERGE_BUFFER)));
                begin = end;
            }
            add(new Run(entries.iterator()));
        }

        private void add(Run run) {
            if (run.advance()) {
                runs.add(run);
            }
        }

        @Override
        public boolean hasNext() {
            return !runs.isEmpty();
        }

        @Override
        public FileEntry next() {
            Run run = runs.poll();
            if (run == null) {
                throw new NoSuchElementException();
            }
            FileEntry result = run.first();
            add(run);
            return result;
        }
    }

    /** A sorted run, of which the first entry is in memory. */
    private final class Run {
        private final @Nullable InputStream in;
        private final Iterator<FileEntry> rest;
        private final RecordReader records = new RecordReader();
        private @Nullable FileEntry first;

        Run(InputStream in) {
            this.in = in;
            this.rest = List.<FileEntry>of().iterator();
        }

        Run(Iterator<FileEntry> rest) {
            this.in = null;
            this.rest = rest;
        }

        FileEntry first() {
            if (first == null) {
                throw new NoSuchElementException();
            }
            return first;
        }

        boolean advance() {
            try {
                if (in != null && (records.hasMore() || Blocks.read(in, records))) {
                    first = read(records);
                } else {
                    first = rest.hasNext() ? rest.next() : null;
                }
                return first != null;
            } catch (IOException e) {
                throw ReadFailures.of("cannot read the list of files that was put aside in " + staging, e);
            }
        }
    }
}
