package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.manifest.ManifestWriter;
import dev.mlops.core.media.DatasetSummaryJson;
import dev.mlops.core.media.SummaryCollector;
import dev.mlops.core.source.EntrySort;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the manifest of the files of a publish. Files that come by path go straight into it, unless they are split by
 * what all of them are together; others are sorted first, on disk if there are many. For one publish.
 */
final class DraftFiles {
    private final PublishOptions options;
    private final ContentStore stored;
    private final ParentVersion parent;
    private final Path staging;
    private final SummaryCollector summary;
    private final Map<String, SplitSummary> splits = new LinkedHashMap<>();

    DraftFiles(PublishOptions options, ContentStore stored, ParentVersion parent, Path staging) {
        this.options = options;
        this.stored = stored;
        this.parent = parent;
        this.staging = staging;
        this.summary = new SummaryCollector(parent.summary());
        options.split().names().forEach(name -> splits.put(name, new SplitSummary(name, 0, 0)));
    }

    /** Stores all files and then their manifest. */
    Draft store(ContentWriter content, FilesToPublish files) {
        ManifestWriter manifest = new ManifestWriter(content);
        FileIntake intake = FileIntake.into(content);
        if (files.comeByPath() && !isStratified()) {
            SplitPass pass = SplitPass.of(options.split(), List.of(), path -> null);
            files.store(intake, taken -> {
                summarise(taken);
                add(taken.entry(), null, pass, manifest);
            });
        } else {
            sortAndStore(content, intake, files, manifest);
        }
        options.cancellation().check("the publish");
        Draft draft =
                new Draft(manifest.finish(DatasetSummaryJson.toJson(summary.summary())), List.copyOf(splits.values()));
        if (draft.manifest().files() == 0) {
            throw new InvalidInputException("files to publish", "", "must be at least one; there is none");
        }
        content.flush();
        options.cancellation().check("the publish");
        return draft;
    }

    private void summarise(TakenFile taken) {
        if (taken.found() == null) {
            summary.add(taken.entry());
        } else {
            summary.add(taken.entry(), taken.found());
        }
    }

    private void sortAndStore(ContentWriter content, FileIntake intake, FilesToPublish files, ManifestWriter manifest) {
        try (EntrySort sort = new EntrySort(staging)) {
            files.store(intake, taken -> {
                summarise(taken);
                sort.add(taken.entry());
            });
            SplitPass pass = SplitPass.of(options.split(), parent.splits(), path -> open(content, sort, path));
            if (isStratified()) {
                ParentVersion.Lookup before = parent.lookup();
                sort.sorted().forEachRemaining(entry -> pass.see(entry.path(), before.find(entry.path())));
            }
            write(sort, pass, manifest);
        }
    }

    private void write(EntrySort sort, SplitPass pass, ManifestWriter manifest) {
        ParentVersion.Lookup before = parent.lookup();
        for (Iterator<FileEntry> entries = sort.sorted(); entries.hasNext(); ) {
            FileEntry entry = entries.next();
            add(entry, isStratified() ? before.find(entry.path()) : null, pass, manifest);
        }
    }

    /** Then the split of a file depends on the others and on the parent. */
    private boolean isStratified() {
        return options.split() instanceof Split.Stratified;
    }

    private @Nullable InputStream open(ContentWriter content, EntrySort sort, String path) {
        for (Iterator<FileEntry> entries = sort.sorted(); entries.hasNext(); ) {
            FileEntry entry = entries.next();
            if (entry.path().equals(path)) {
                content.flush();
                return stored.open(entry.sha256());
            }
        }
        return null;
    }

    private void add(FileEntry entry, @Nullable FileEntry before, SplitPass pass, ManifestWriter manifest) {
        String split = pass.splitOf(entry.path(), before);
        manifest.add(split == null ? entry : with(split, entry));
        if (split != null) {
            splits.computeIfPresent(
                    split, (name, sum) -> new SplitSummary(name, sum.files() + 1, sum.bytes() + entry.size()));
        }
    }

    private static FileEntry with(String split, FileEntry entry) {
        return new FileEntry(
                entry.path(),
                entry.kind(),
                entry.size(),
                entry.sha256(),
                entry.mediaType(),
                split,
                entry.modifiedAt(),
                entry.facts());
    }
}
