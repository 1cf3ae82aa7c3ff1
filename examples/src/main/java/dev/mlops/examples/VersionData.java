package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.project.Project;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Data set versions: publish, compare, split, write into a directory, and go back to an earlier one. */
public final class VersionData {
    private static final String NAME = "weather";

    private VersionData() {}

    /** Runs it; the optional argument is a directory to keep everything in. */
    public static void main(String[] args) {
        Programs.run(out -> {
            try (Mlops mlops = Programs.open(args, out)) {
                run(mlops.projects().openOrCreate("data"), Programs.temporaryDirectory(), out);
            }
        });
    }

    static Outcome run(Project project, Path target, PrintStream out) {
        DatasetStore datasets = project.datasets();
        PublishOptions options = PublishOptions.builder()
                .message("March, as measured")
                .split(Split.byPath("train", "2024/**").and("test", "2025/**"))
                .build();
        DatasetVersion first = publish(
                datasets,
                options,
                file("2024/march.csv", "day,celsius\n1,7.5\n"),
                file("2025/march.csv", "day,celsius\n1,8.1\n"),
                file("notes.txt", "station 4"));
        DatasetVersion second = publish(
                datasets,
                options,
                file("2024/march.csv", "day,celsius\n1,7.5\n"),
                file("2025/march.csv", "day,celsius\n1,8.1\n2,8.4\n"),
                file("2025/april.csv", "day,celsius\n1,11.0\n"));
        out.println(first);
        out.println(second);

        DatasetDiff diff = datasets.diff(first, second);
        out.println("from " + first.name() + " to " + second.name() + ": " + diff);
        List<FileEntry> test = datasets.files(second, FileQuery.split("test")).toList();
        out.println("split test of " + second.name() + ": " + test);

        datasets.materialise(second, FileQuery.glob("**/march.csv"), target, ProgressListener.NONE, new Cancellation());
        datasets.verify(second, ProgressListener.NONE, new Cancellation());
        datasets.moveCurrent(first, second);
        DatasetVersion current = datasets.version(NAME);
        out.println("current again: " + current.reference());
        return new Outcome(first, second, diff, test, current);
    }

    private static DatasetVersion publish(DatasetStore datasets, PublishOptions options, FileSource... files) {
        return datasets.publish(NAME, List.of(files).iterator(), options);
    }

    private static FileSource file(String path, String text) {
        return FileSource.of(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Two versions, what differs, the files of one split, and the version that is current at the end. */
    record Outcome(
            DatasetVersion first,
            DatasetVersion second,
            DatasetDiff diff,
            List<FileEntry> test,
            DatasetVersion current) {}
}
