package dev.mlops.benchmarks;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.CollectReport;
import dev.mlops.api.content.Storage.Damage;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.content.Storage.ScrubReport;
import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetRef;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.project.Project;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.PackEntry;
import dev.mlops.core.pack.PackFooter;
import dev.mlops.embedded.EmbeddedMlops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Does one thing with an embedded store and ends, so that whole processes can be timed; {@code
 * benchmarks/peers/compare.sh} calls it. Without arguments it says what it can. Confined to one thread.
 */
public final class DatasetTool {
    private static final String USAGE = """
            usage: DatasetTool COMMAND STORE ARGUMENTS...

            STORE is a directory, made if there is none; VERSION is the name of a version, such as V001.

              init STORE                                        makes a store
              publish STORE DATASET DIR                         publishes a directory as a new version
              checkout STORE DATASET@VERSION DIR                writes a version to a directory; @VERSION may be left out
              verify STORE                                      reads everything and says what is damaged
              gc STORE                                          deletes what nothing needs any more, at once
              diff STORE DATASET@VERSION DATASET@VERSION        counts what differs, and how fast that is when warm
              list STORE DATASET@VERSION PREFIX                 counts the files below a prefix, and how fast that is
              grow STORE DATASET COUNT                          publishes COUNT small versions
              forget STORE DATASET                              deletes a data set with its versions
              metadata STORE DATASET@VERSION                    counts the bytes that are none of its files' own

            Ends with 0, or with 2 and a message.""";

    private static final Map<String, Integer> ARGUMENTS = Map.of(
            "init",
            0,
            "publish",
            2,
            "checkout",
            2,
            "verify",
            0,
            "gc",
            0,
            "diff",
            2,
            "list",
            2,
            "grow",
            2,
            "forget",
            1,
            "metadata",
            1);
    private static final int WARM_CALLS = 50;
    private static final int GROWN_FILES = 100;

    private final Mlops mlops;
    private final Project project;
    private final long opened = System.nanoTime();
    private Progress last = new Progress(0, 0, 0, 0, 0);

    private DatasetTool(Mlops mlops) {
        this.mlops = mlops;
        this.project = mlops.projects().openOrCreate("default");
    }

    /** Runs a command. Ends with 0, or with 2 and a message if it is none or fails. */
    public static void main(String[] args) {
        if (args.length < 2 || ARGUMENTS.getOrDefault(args[0], -1) != args.length - 2) {
            System.err.println(USAGE);
            System.exit(2);
        }
        Logger.getLogger("").setLevel(Level.WARNING);
        try (Mlops mlops = EmbeddedMlops.open(Path.of(args[1]))) {
            DatasetTool tool = new DatasetTool(mlops);
            System.out.println(
                    args[0].equals("metadata")
                            ? tool.metadata(Path.of(args[1]), tool.version(args[2]))
                            : tool.run(args[0], List.of(args).subList(2, args.length)));
        } catch (MlopsException | IOException | NumberFormatException e) {
            System.err.println(args[0] + ": " + e.getMessage());
            System.exit(2);
        }
    }

    private String run(String command, List<String> args) {
        return switch (command) {
            case "init" -> "made a store with project " + project.name();
            case "publish" -> publish(args.get(0), Path.of(args.get(1)));
            case "checkout" -> checkout(version(args.get(0)), Path.of(args.get(1)));
            case "verify" -> verify();
            case "gc" -> gc();
            case "diff" -> diff(version(args.get(0)), version(args.get(1)));
            case "list" -> list(version(args.get(0)), FileQuery.prefix(args.get(1)));
            case "grow" -> grow(args.get(0), Integer.parseInt(args.get(1)));
            default -> forget(args.get(0));
        };
    }

    private DatasetStore datasets() {
        return project.datasets();
    }

    private DatasetVersion version(String text) {
        String[] parts = text.split("@", -1);
        if (parts.length > 2) {
            throw new InvalidInputException("version", text, "must be DATASET or DATASET@VERSION");
        }
        return datasets().version(new DatasetRef(null, parts[0], parts.length == 1 ? null : parts[1]));
    }

    private String publish(String dataset, Path directory) {
        PublishOptions options =
                PublishOptions.builder().progress(progress -> last = progress).build();
        DatasetVersion version = datasets().publish(dataset, directory, options);
        return "published %s: files=%d bytes=%d new-bytes=%d%s"
                .formatted(version.name(), version.files(), version.bytes(), last.newBytes(), rate(version.bytes()));
    }

    private String checkout(DatasetVersion version, Path directory) {
        datasets().materialise(version, FileQuery.ALL, directory, progress -> last = progress, new Cancellation());
        return "checked out %s: files=%d bytes=%d written-bytes=%d%s"
                .formatted(version.name(), version.files(), version.bytes(), last.newBytes(), rate(version.bytes()));
    }

    private String rate(long bytes) {
        double seconds = (System.nanoTime() - opened) / 1e9;
        return " seconds=%.2f MB/s=%.0f".formatted(seconds, bytes / 1e6 / seconds);
    }

    private String verify() {
        ScrubReport report = mlops.storage().scrub(ScrubOptions.full());
        if (!report.damages().isEmpty()) {
            throw new IntegrityException(
                    report.damages().stream().map(Damage::toString).collect(Collectors.joining("\n")));
        }
        return "verified: packs=%d bytes=%d%s".formatted(report.packs(), report.bytes(), rate(report.bytes()));
    }

    private String gc() {
        CollectReport report = mlops.storage().collect(CollectOptions.grace(Duration.ZERO));
        return "collected: deleted-packs=%d deleted-bytes=%d others=%d%s"
                .formatted(
                        report.deletedPacks(),
                        report.deletedBytes(),
                        report.deletedOthers(),
                        rate(report.deletedBytes()));
    }

    private String diff(DatasetVersion from, DatasetVersion to) {
        DatasetDiff diff = datasets().diff(from, to);
        return "diff of %s and %s: added=%d removed=%d changed=%d unchanged=%d warm-us=%d"
                .formatted(
                        from.name(),
                        to.name(),
                        diff.added().size(),
                        diff.removed().size(),
                        diff.changed().size(),
                        diff.unchanged(),
                        warmMicros(() -> datasets().diff(from, to)));
    }

    private String list(DatasetVersion version, FileQuery query) {
        return "list of %s in %s: files=%d first-1000-warm-us=%d warm-us=%d"
                .formatted(
                        query.prefix(),
                        version.name(),
                        datasets().files(version, query).stream().count(),
                        warmMicros(() -> datasets().files(version, query).page(1000)),
                        warmMicros(
                                () -> datasets().files(version, query).stream().count()));
    }

    /** The median of many calls. */
    private static long warmMicros(Supplier<?> call) {
        long[] micros = IntStream.range(0, WARM_CALLS)
                .mapToLong(i -> {
                    long start = System.nanoTime();
                    if (call.get() == null) {
                        throw new IllegalStateException("the call gave nothing");
                    }
                    return (System.nanoTime() - start) / 1_000;
                })
                .sorted()
                .toArray();
        return micros[micros.length / 2];
    }

    /** Each version has a hundred files of about 3 KB, one of which no other version has. */
    private String grow(String dataset, int count) {
        for (int i = 0; i < count; i++) {
            datasets().publish(dataset, grown(i), PublishOptions.defaults());
        }
        return "published: versions=%d%s".formatted(count, rate(0));
    }

    private static Iterator<FileSource> grown(int version) {
        return IntStream.range(0, GROWN_FILES)
                .mapToObj(file -> {
                    Samples samples = new Samples(file == 0 ? -1L - version : file);
                    return FileSource.of("%03d.csv".formatted(file), samples.table(3_000));
                })
                .iterator();
    }

    private String forget(String dataset) {
        datasets().destroy(dataset);
        return "deleted " + dataset + " from " + mlops;
    }

    /** All that is stored but for the local cache, less what the files of one version take in the packs. */
    private String metadata(Path store, DatasetVersion version) throws IOException {
        Set<BlobId> files = datasets().files(version, FileQuery.ALL).stream()
                .map(file -> BlobId.of(file.sha256()))
                .collect(Collectors.toSet());
        long data = 0;
        try (FileObjectStore objects = FileObjectStore.open(store.resolve("objects"))) {
            for (Iterator<ObjectInfo> packs = objects.list("pack/"); packs.hasNext(); ) {
                ObjectInfo pack = packs.next();
                String id = pack.key().substring(pack.key().lastIndexOf('/') + 1);
                data += PackFooter.read(objects, id, pack.size()).stream()
                        .filter(blob -> files.contains(blob.id()))
                        .mapToLong(PackEntry::storedLength)
                        .sum();
            }
        }
        long all;
        try (Stream<Path> paths = Files.walk(store)) {
            all = paths.filter(path -> Files.isRegularFile(path) && !path.startsWith(store.resolve("cache")))
                    .mapToLong(path -> path.toFile().length())
                    .sum();
        }
        return "stored for %s: bytes=%d of-files=%d metadata-bytes=%d".formatted(version.name(), all, data, all - data);
    }
}
