package dev.mlops.testkit.kill;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Branches;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.RetentionPolicy;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.MergeConflictException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a process does until it is killed: it publishes, merges, deletes, collects and checks out, and says so of each
 * once it was acknowledged. Run it with a store that it opened; {@link KilledWorkContract} kills it.
 */
public final class DatasetWork {
    /** The project of all workers. */
    static final String PROJECT = "killed";

    /** The data set that all workers publish to. */
    static final String SHARED = "shared";

    /** How many versions are kept at least. */
    static final int KEPT = 5;

    /** Metadata of versions of the shared data set: whose it is. */
    static final String WORKER = "worker";

    static final String READY = "ready";
    static final String ACKNOWLEDGED = "acknowledged ";

    /** Before the name of what is begun; the next line says that it is over. */
    static final String BEGIN = "begin ";

    /** What may be cut by a kill. */
    static final List<String> KINDS = List.of("publish", "merge", "collect", "checkout");

    private final Mlops mlops;
    private final DatasetStore datasets;
    private final int worker;
    private final String own;
    private final Path checkout;
    private final Random random;
    private final PrintStream out;

    private DatasetWork(Mlops mlops, Path folder, int worker, long seed, PrintStream out) {
        this.mlops = mlops;
        this.datasets = mlops.projects().openOrCreate(PROJECT).datasets();
        this.worker = worker;
        this.own = own(worker);
        this.checkout = folder.resolve(own);
        this.random = new Random(seed);
        this.out = out;
    }

    /**
     * Works for ever.
     *
     * @param args as {@link KilledWorkContract} gives them
     */
    public static void run(Mlops mlops, String[] args, PrintStream out) {
        int worker = Integer.parseInt(args[0]);
        DatasetWork work = new DatasetWork(mlops, Path.of(args[1]), worker, Long.parseLong(args[2]), out);
        work.say(READY);
        while (true) {
            work.step();
        }
    }

    /** The name of a worker's data set, and of the folder in which it checks it out. */
    static String own(int worker) {
        return "work-" + worker;
    }

    private void step() {
        try {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> merge();
                case 3 -> prune();
                case 4, 5 -> collect();
                case 6, 7 -> checkOut();
                case 8 -> share();
                default -> publish(own, new SeededFiles(seed(), head(own).b()), Branch.MAIN);
            }
        } catch (ConflictException | MergeConflictException e) {
            // Another worker was faster, or collected what was about to be used again; nothing was acknowledged.
            say("conflict: " + e.getMessage());
        }
    }

    private int seed() {
        return random.nextInt(SeededFiles.SEEDS);
    }

    private boolean isThere(String dataset) {
        return datasets.find(dataset).map(Dataset::currentVersionId).isPresent();
    }

    private SeededFiles head(String dataset) {
        return isThere(dataset) ? SeededFiles.of(datasets.version(dataset).message()) : new SeededFiles(0, 0);
    }

    private void publish(String dataset, SeededFiles files, String branch) {
        publish(dataset, files, PublishOptions.builder().branch(branch));
    }

    private void publish(String dataset, SeededFiles files, PublishOptions.Builder options) {
        begin("publish");
        DatasetVersion version = datasets.publish(
                dataset, files.sources(), options.message(files.message()).build());
        say(ACKNOWLEDGED + version.reference());
    }

    /** Each worker has a folder of its own, and what another one changes meanwhile is merged. */
    private void share() {
        PublishOptions.Builder options = PublishOptions.builder().metadata(WORKER, Integer.toString(worker));
        if (!isThere(SHARED)) {
            publish(SHARED, new SeededFiles(seed(), seed()), options);
            return;
        }
        DatasetVersion base = datasets.version(SHARED);
        SeededFiles before = SeededFiles.found(datasets.files(base).toList());
        SeededFiles after = worker == 0 ? new SeededFiles(seed(), before.b()) : new SeededFiles(before.a(), seed());
        publish(SHARED, after, options.base(base));
    }

    /** A branch changes one folder, the trunk perhaps the other. */
    private void merge() {
        if (!isThere(own)) {
            return;
        }
        Branches branches = datasets.branches(own);
        SeededFiles base = head(own);
        String branch = "side-" + random.nextInt(1_000_000);
        branches.create(branch, datasets.version(own));
        SeededFiles side = new SeededFiles(base.a(), seed());
        publish(own, side, branch);
        SeededFiles trunk = base;
        if (random.nextBoolean()) {
            trunk = new SeededFiles(seed(), base.b());
            publish(own, trunk, Branch.MAIN);
        }
        SeededFiles merged = new SeededFiles(trunk.a(), side.b());
        begin("merge");
        DatasetVersion version = branches.merge(branch, Branch.MAIN, MergeOptions.message(merged.message()));
        say(ACKNOWLEDGED + version.reference());
        branches.delete(branch);
    }

    private void prune() {
        for (String dataset : new String[] {own, SHARED}) {
            if (datasets.find(dataset).isPresent()) {
                datasets.prune(dataset, RetentionPolicy.keepLast(KEPT));
            }
        }
        say("pruned");
    }

    private void collect() {
        begin("collect");
        Duration grace = random.nextBoolean() ? Duration.ZERO : Duration.ofDays(1);
        say(mlops.storage().collect(CollectOptions.grace(grace)).toString());
    }

    private void checkOut() {
        if (!isThere(own)) {
            return;
        }
        DatasetVersion version = datasets.version(own);
        begin("checkout");
        checkOut(datasets, version, checkout);
        say("checked out " + version.reference());
    }

    /** Into a folder in which may be what another one left. */
    static void checkOut(DatasetStore datasets, DatasetVersion version, Path folder) {
        datasets.materialise(version, folder);
        for (Map.Entry<String, Sha256> file :
                SeededFiles.of(version.message()).digests().entrySet()) {
            if (!Sha256.of(read(folder.resolve(file.getKey()))).equals(file.getValue())) {
                throw new IllegalStateException(file.getKey() + " of " + version + " was checked out wrongly");
            }
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void begin(String kind) {
        say(BEGIN + kind);
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
