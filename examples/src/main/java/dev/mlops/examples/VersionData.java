package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Storage;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.content.Storage.ScrubReport;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Branches;
import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.MaterialiseReport;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Sample;
import dev.mlops.api.dataset.SampleOptions;
import dev.mlops.api.dataset.Samples;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitLabel;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.examples.Shapes.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A folder of pictures under versions: what a small change costs, what differs, a branch that somebody proposes, a
 * checkout, a shuffled training, and damage on the disk that is found and mended.
 */
public final class VersionData {
    private static final String NAME = "shapes";
    private static final String BRANCH = "triangles";

    private final Storage storage;
    private final DatasetStore datasets;
    private final Path pictures;
    private final PrintStream out;
    private long stored;

    private VersionData(Mlops mlops, Path pictures, PrintStream out) {
        this.storage = mlops.storage();
        this.datasets = mlops.projects().openOrCreate("vision").datasets();
        this.pictures = pictures;
        this.out = out;
    }

    /** Runs it; the optional argument is a directory to keep everything in. */
    public static void main(String[] args) {
        Programs.run(out -> {
            Path home = args.length > 0 ? Path.of(args[0]) : Programs.temporaryDirectory();
            out.println("kept in " + home);
            run(home, out);
        });
    }

    static Outcome run(Path home, PrintStream out) {
        try (Mlops mlops = EmbeddedMlops.open(home.resolve("store"))) {
            VersionData example = new VersionData(mlops, home.resolve("pictures"), out);
            DatasetVersion first = example.publish();
            DatasetVersion second = example.publishAgain();
            DatasetDiff diff = example.compare(first, second);
            Contribution contribution = example.contribute(second, home.resolve("colleague"));
            DatasetVersion current = example.datasets.version(NAME);
            Path target = home.resolve("checkout");
            MaterialiseReport checkout = example.checkOut(current, target);
            List<String> trained = example.train(current);
            ScrubReport damaged = example.damageAndScrub(home.resolve("store/objects"));
            ScrubReport mended = example.mend(current, target);
            return new Outcome(
                    first, second, example.stored, diff, contribution, current, checkout, trained, damaged, mended);
        }
    }

    private DatasetVersion publish() {
        title("A folder becomes a version");
        for (Shape shape : Shape.values()) {
            Shapes.draw(pictures, shape, 0, 40, 1);
        }
        DatasetVersion version = datasets.publish(
                NAME, pictures, options("as the camera saw them").build());
        out.println(version);
        out.println(datasets.describe(version));
        return version;
    }

    /** Each shape is split in the same proportion. Without times equal pictures are equal versions, whenever drawn. */
    private static PublishOptions.Builder options(String message) {
        Split split = Split.stratified(SplitLabel.folder())
                .and("train", 0.8)
                .and("test", 0.2)
                .seed(42);
        return PublishOptions.builder().message(message).split(split).ignoreModificationTimes();
    }

    private DatasetVersion publishAgain() {
        title("A change costs what changed");
        Shapes.draw(pictures, Shape.CIRCLE, 0, 3, 2);
        Shapes.draw(pictures, Shape.SQUARE, 40, 42, 2);
        delete(pictures.resolve("triangle/007.png"));
        out.println("preview: " + datasets.preview(NAME, pictures, options("").build()));
        long before = storage.usage().packBytes();
        DatasetVersion second = datasets.publish(
                NAME, pictures, options("three retaken, two more").build());
        stored = storage.usage().packBytes() - before;
        out.println(second);
        out.printf(
                "%,d bytes in the version, %,d bytes stored for it: %,d saved%n",
                second.bytes(), stored, second.bytes() - stored);
        return second;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DatasetDiff compare(DatasetVersion first, DatasetVersion second) {
        title("What differs");
        DatasetDiff diff = datasets.diff(first, second);
        out.println(diff);
        diff.added().forEach(file -> out.println("  + " + file));
        diff.changed().forEach(file -> out.println("  * " + file));
        diff.removed().forEach(file -> out.println("  - " + file));
        return diff;
    }

    /** A colleague draws triangles on a branch while the camera goes on; accepting the proposal joins both. */
    private Contribution contribute(DatasetVersion second, Path colleague) {
        title("A branch is proposed and accepted");
        Branches branches = datasets.branches(NAME);
        branches.create(BRANCH, second);
        datasets.materialise(second, colleague);
        Shapes.draw(colleague, Shape.TRIANGLE, 40, 50, 3);
        DatasetVersion proposed = datasets.publish(
                NAME, colleague, options("more triangles").branch(BRANCH).build());
        Shapes.draw(pictures, Shape.CIRCLE, 40, 44, 4);
        DatasetVersion third =
                datasets.publish(NAME, pictures, options("four more circles").build());
        out.println(BRANCH + ": " + proposed);
        out.println(Branch.MAIN + ":      " + third);

        Contribution open = branches.propose(BRANCH, Branch.MAIN, "Ten triangles", "There were fewer than circles.");
        out.println(open);
        Contribution accepted = branches.accept(open.number(), MergeOptions.DEFAULTS);
        out.println(accepted);
        out.println(Branch.MAIN + ":      " + datasets.version(NAME));
        return accepted;
    }

    private MaterialiseReport checkOut(DatasetVersion version, Path target) {
        title("A checkout writes what is missing");
        out.println("first: " + written(datasets.materialise(version, target)));
        delete(target.resolve("circle/000.png"));
        MaterialiseReport again = datasets.materialise(version, target);
        out.println("again: " + written(again));
        return again;
    }

    private static String written(MaterialiseReport report) {
        return "%d written, %d right already".formatted(report.writtenFiles(), report.unchangedFiles());
    }

    private List<String> train(DatasetVersion version) {
        title("An epoch in an order that the seed decides");
        List<String> paths = epoch(version, 7);
        out.println("seed 7:       " + String.join(", ", paths.subList(0, 4)) + " …");
        out.println("seed 8:       " + String.join(", ", epoch(version, 8).subList(0, 4)) + " …");
        out.println("seed 7 again: " + (epoch(version, 7).equals(paths) ? "the same" : "another order"));
        return paths;
    }

    private List<String> epoch(DatasetVersion version, long seed) {
        SampleOptions options =
                SampleOptions.builder().split("train").seed(seed).build();
        List<String> paths = new ArrayList<>();
        try (Samples samples = datasets.samples(version, options)) {
            while (samples.hasNext()) {
                Sample sample = samples.next();
                learn(sample.bytes());
                paths.add(sample.entry().path());
            }
        }
        return paths;
    }

    /** What a model would learn from: the pixels. */
    private static void learn(byte[] png) {
        try {
            if (ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) == null) {
                throw new IllegalStateException("no picture");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ScrubReport damageAndScrub(Path objects) {
        title("Damage is found");
        flipBit(objects, read(pictures.resolve("square/000.png")));
        out.println("A bit of square/000.png is flipped on the disk.");
        ScrubReport report = storage.scrub(ScrubOptions.full());
        out.println(report);
        report.damages().forEach(damage -> out.println("  " + damage));
        return report;
    }

    /** Changes the stored bytes of a picture, which lie in a pack as they are, since a PNG is compressed already. */
    private static void flipBit(Path objects, byte[] picture) {
        String wanted = new String(picture, StandardCharsets.ISO_8859_1);
        try (Stream<Path> files = Files.walk(objects)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                int at = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).indexOf(wanted);
                if (at >= 0) {
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[at + picture.length / 2] ^= 1;
                    Files.write(file, bytes);
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("no pack below " + objects + " has the picture");
    }

    private ScrubReport mend(DatasetVersion version, Path checkout) {
        title("Publishing the same files mends it");
        datasets.publish(NAME, checkout, options("the same again").build());
        ScrubReport report = storage.scrub(ScrubOptions.full());
        out.println(report);
        datasets.verify(version, ProgressListener.NONE, new Cancellation());
        out.println(version.reference() + " is whole again");
        return report;
    }

    private void title(String text) {
        out.println();
        out.println(text);
    }

    /** The versions, the bytes that the second took, what differs, what was accepted, the second checkout, the order of the training, and two scrubs. */
    record Outcome(
            DatasetVersion first,
            DatasetVersion second,
            long stored,
            DatasetDiff diff,
            Contribution contribution,
            DatasetVersion current,
            MaterialiseReport checkout,
            List<String> trained,
            ScrubReport damaged,
            ScrubReport mended) {}
}
