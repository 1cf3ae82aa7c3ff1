package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.progress.Progress;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.file.PathOrder;
import dev.mlops.core.manifest.Manifest;
import dev.mlops.core.manifest.ManifestWriter;
import dev.mlops.core.source.DistinctPaths;
import dev.mlops.core.source.SourceFile;
import java.io.InputStream;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The files of a version that is being published: checks their paths, has their bytes stored, and remembers them, which
 * takes about half a kilobyte of memory a file. For one publish.
 */
final class DraftFiles {
    private final PublishOptions options;
    private final ContentStore stored;
    private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
    private final DistinctPaths paths = new DistinctPaths("file path");
    private final List<FileEntry> entries = new ArrayList<>();
    private final AtomicLong found = new AtomicLong();
    private final AtomicLong foundBytes = new AtomicLong();
    private volatile boolean allFound;

    DraftFiles(PublishOptions options, ContentStore stored) {
        this.options = options;
        this.stored = stored;
    }

    /** Stores all files and then their manifest. */
    Draft store(ContentWriter content, Iterator<SourceFile> files) {
        content.putAll(checked(files), this::add, this::tell, options.cancellation());
        if (entries.isEmpty()) {
            throw new InvalidInputException("files to publish", "", "must be at least one; there is none");
        }
        entries.sort(Comparator.comparing(FileEntry::path, PathOrder.BY_CODE_POINT));
        assignSplits(content);
        ManifestWriter writer = new ManifestWriter(content);
        entries.forEach(writer::add);
        Manifest manifest = writer.finish(null);
        content.flush();
        options.cancellation().check("publish");
        return new Draft(manifest, summaries());
    }

    private Iterator<SourceFile> checked(Iterator<SourceFile> files) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                boolean more = files.hasNext();
                allFound = !more;
                return more;
            }

            @Override
            public SourceFile next() {
                SourceFile file = files.next();
                check(file.name());
                found.incrementAndGet();
                foundBytes.addAndGet(file.sizeHint());
                return file;
            }
        };
    }

    private void check(String path) {
        RelativePath.check("file path", path);
        if (!encoder.canEncode(path)) {
            throw new InvalidInputException("file path", path, "must be text, but has half a surrogate pair");
        }
        paths.add(path);
    }

    private void add(ContentSource source, Stored stored) {
        SourceFile file = (SourceFile) source;
        String path = file.name();
        entries.add(new FileEntry(
                path, stored.size(), stored.digest(), file.mediaType().intern(), null));
    }

    private void assignSplits(ContentWriter content) {
        SplitPass pass = SplitPass.of(options.split(), List.of(), path -> open(content, path));
        entries.forEach(entry -> pass.see(entry.path(), null));
        entries.replaceAll(entry -> new FileEntry(
                entry.path(), entry.size(), entry.sha256(), entry.mediaType(), pass.splitOf(entry.path(), null)));
    }

    private @Nullable InputStream open(ContentWriter content, String path) {
        content.flush();
        return entries.stream()
                .filter(entry -> entry.path().equals(path))
                .findFirst()
                .map(entry -> stored.open(entry.sha256()))
                .orElse(null);
    }

    /** How many files come is not known until the last was found; their sizes may change until they are read. */
    private void tell(Progress progress) {
        boolean isDone = allFound && progress.doneItems() == found.get();
        long totalBytes = isDone ? progress.doneBytes() : foundBytes.get();
        options.progress()
                .onProgress(new Progress(
                        progress.doneItems(),
                        allFound ? found.get() : -1,
                        progress.doneBytes(),
                        allFound ? totalBytes : -1,
                        progress.newBytes()));
    }

    private List<SplitSummary> summaries() {
        Map<String, SplitSummary> summaries = new LinkedHashMap<>();
        options.split().names().forEach(name -> summaries.put(name, new SplitSummary(name, 0, 0)));
        for (FileEntry entry : entries) {
            summaries.computeIfPresent(
                    entry.split() == null ? "" : entry.split(),
                    (name, sum) -> new SplitSummary(name, sum.files() + 1, sum.bytes() + entry.size()));
        }
        return List.copyOf(summaries.values());
    }
}
