package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.context.Workplace;
import dev.mlops.core.source.ArchiveFiles;
import dev.mlops.core.source.ArchiveOptions;
import dev.mlops.core.source.DirectoryWalk;
import dev.mlops.core.source.GivenFiles;
import dev.mlops.core.source.ObjectFiles;
import dev.mlops.core.source.PathFilter;
import dev.mlops.core.source.SourceFiles;
import dev.mlops.core.source.WalkOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of a publish come from.
 *
 * @param words that in words, as far as it belongs to the arguments of the call
 * @param opener opens it; only called if the files are needed
 * @param times whether modification times are recorded unless the options say so
 * @param root the directory whose unchanged files need not be read again, or null
 */
record PublishSource(
        String words,
        Opener opener,
        FilePipeline.Times times,
        @Nullable Path root) {
    /** Opens the files. */
    interface Opener {
        SourceFiles open(Workplace workplace) throws IOException;
    }

    static PublishSource directory(Path directory, PublishOptions options) {
        Path root = directory.toAbsolutePath().normalize();
        return new PublishSource(
                "directory " + root,
                workplace -> new DirectoryWalk(
                        "directory", directory, WalkOptions.of(filter(options), options.links()), workplace.workers()),
                FilePipeline.Times.KEEP,
                root);
    }

    static PublishSource files(Iterator<FileSource> files, PublishOptions options) {
        return new PublishSource(
                "files", workplace -> new GivenFiles(files, filter(options)), FilePipeline.Times.IGNORE, null);
    }

    static PublishSource objects(ObjectStore objects, String prefix, PublishOptions options) {
        return new PublishSource(
                "objects '%s' of %s".formatted(prefix, objects.describe()),
                workplace -> new ObjectFiles(objects, prefix, filter(options)),
                FilePipeline.Times.IGNORE,
                null);
    }

    static PublishSource archive(Path archive, Path staging, PublishOptions options) {
        return new PublishSource(
                "archive " + archive.toAbsolutePath().normalize(),
                workplace -> ArchiveFiles.open(archive, ArchiveOptions.of(filter(options), options.links(), staging)),
                FilePipeline.Times.KEEP,
                null);
    }

    static PublishSource archive(InputStream archive, Path staging, PublishOptions options) {
        return new PublishSource(
                "archive",
                workplace -> ArchiveFiles.open(
                        "from a stream", archive, ArchiveOptions.of(filter(options), options.links(), staging)),
                FilePipeline.Times.KEEP,
                null);
    }

    private static PathFilter filter(PublishOptions options) {
        return PathFilter.of(options.include(), options.exclude());
    }

    FilePipeline.Times times(PublishOptions options) {
        return options.keepModificationTimes()
                .map(keep -> keep ? FilePipeline.Times.KEEP : FilePipeline.Times.IGNORE)
                .orElse(times);
    }
}
