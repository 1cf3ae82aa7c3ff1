package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.core.context.Workplace;
import dev.mlops.core.file.ReadFailures;
import dev.mlops.core.source.DistinctPaths;
import dev.mlops.core.source.KnownFile;
import dev.mlops.core.source.SourceFile;
import dev.mlops.core.source.SourceFiles;
import dev.mlops.core.source.StatCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The opened source of one publish, with what is remembered of its files. For one run. */
final class FilesToPublish implements AutoCloseable {
    private final PublishSource source;
    private final PublishOptions options;
    private final Workplace workplace;
    private final SourceFiles files;
    private final PublishMeter meter;
    private final @Nullable StatCache cache;

    private FilesToPublish(
            PublishSource source,
            PublishOptions options,
            Workplace workplace,
            SourceFiles files,
            @Nullable StatCache cache) {
        this.source = source;
        this.options = options;
        this.workplace = workplace;
        this.files = files;
        this.meter = new PublishMeter(options.progress());
        this.cache = cache;
    }

    /**
     * Opens a source.
     *
     * @param owner whose files they are: what is remembered of them is remembered for it
     */
    static FilesToPublish open(PublishSource source, String owner, PublishOptions options, Workplace workplace) {
        try {
            SourceFiles files = source.opener().open(workplace);
            Optional<StatCache> cache =
                    source.root() == null ? Optional.empty() : StatCache.open(workplace.stats(), owner, source.root());
            return new FilesToPublish(source, options, workplace, files, cache.orElse(null));
        } catch (IOException e) {
            throw ReadFailures.of("cannot read " + source.words(), e);
        }
    }

    boolean comeByPath() {
        return files.order() == SourceFiles.Order.BY_PATH;
    }

    /** Gives all files to the intake, and then to the sink in the order in which they come. */
    void store(FileIntake intake, Consumer<TakenFile> sink) {
        try (DistinctPaths paths = new DistinctPaths("file path", workplace.staging())) {
            boolean areDistinct = files.order() != SourceFiles.Order.ANY;
            new FilePipeline(
                            files,
                            intake,
                            file -> {
                                if (!areDistinct) {
                                    paths.add(file.path());
                                }
                                return known(file);
                            },
                            source.times(options),
                            meter,
                            options.cancellation(),
                            taken -> {
                                remember(taken);
                                sink.accept(taken);
                            })
                    .run(workplace.workers(), workplace.readers());
        }
    }

    /**
     * True if a walk shows that these are the files of a version that was published from here in this way, all unchanged:
     * then there is nothing to store. They count as done.
     */
    boolean areThoseOf(DatasetVersion version) {
        if (cache == null || options.split() instanceof Split.Stratified) {
            return false;
        }
        Sha256 publish = publish(version.manifest(), version.splits());
        try (SourceFiles walk = source.opener().open(workplace)) {
            boolean areSame = cache.knows(publish, walk, version.files(), version.bytes(), options.cancellation());
            if (areSame) {
                meter.allUnchanged(version.files(), version.bytes());
            }
            return areSame;
        } catch (IOException e) {
            throw ReadFailures.of("cannot read " + source.words(), e);
        }
    }

    /** Stands for what is published and how: if both are equal, so is what comes of it. */
    private Sha256 publish(Sha256 manifest, List<SplitSummary> splits) {
        String text = "%s\0%s\0%s\0%s\0%s\0%s\0%s"
                .formatted(
                        manifest,
                        splits,
                        options.split(),
                        options.include(),
                        options.exclude(),
                        options.links(),
                        source.times(options));
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<KnownFile> known(SourceFile file) {
        StatCache stats = cache;
        return stats == null ? Optional.empty() : file.stamp().flatMap(stamp -> stats.find(file.path(), stamp));
    }

    private void remember(TakenFile taken) {
        if (cache != null && taken.stamp() != null) {
            FileEntry entry = taken.entry();
            cache.note(entry.path(), taken.stamp(), new KnownFile(entry.sha256(), entry.mediaType(), entry.facts()));
        }
    }

    /** How many files were done. */
    long files() {
        return meter.files();
    }

    /** How many bytes they have. */
    long bytes() {
        return meter.bytes();
    }

    /** Bytes that were new to the store. */
    long newBytes() {
        return meter.newBytes();
    }

    /** To be called once the version is there: the next publish need not read what did not change. */
    void published(Draft draft) {
        if (cache != null) {
            cache.commit(publish(draft.manifest().digest(), draft.splits()));
        }
    }

    @Override
    public void close() {
        if (cache != null) {
            cache.close();
        }
        try {
            files.close();
        } catch (IOException e) {
            throw ReadFailures.of("cannot close " + source.words(), e);
        }
    }
}
