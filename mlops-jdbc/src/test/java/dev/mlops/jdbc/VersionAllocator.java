package dev.mlops.jdbc;

import dev.mlops.api.access.Visibility;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.spi.metadata.MetadataStore;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A program for tests: opens a file, takes numbers with two threads, and prints each when it was acknowledged. */
final class VersionAllocator {
    static final String EXPERIMENT = "experiment-1";
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private VersionAllocator() {}

    public static void main(String[] args) throws InterruptedException {
        int count = Integer.parseInt(args[1]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (MetadataStore store = SqliteMetadataStore.open(Path.of(args[0]))) {
            makeExperiment(store);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                threads.add(new Thread(() -> allocate(store, count, out)));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void allocate(MetadataStore store, int count, PrintStream out) {
        for (int i = 0; i < count; i++) {
            out.println(store.<Long>transaction(tx -> tx.experiments().nextRunNumber(EXPERIMENT)));
        }
    }

    static void makeExperiment(MetadataStore store) {
        try {
            store.<Boolean>transaction(tx -> {
                tx.projects().insert(new ProjectInfo("project-1", "p", Visibility.PRIVATE, "", "alice", NOW));
                tx.experiments()
                        .insert(new Experiment(EXPERIMENT, "project-1", "e", "", Lifecycle.ACTIVE, "alice", NOW));
                return true;
            });
        } catch (AlreadyExistsException otherWasFirst) {
            out().println("# " + otherWasFirst.getMessage());
        }
    }

    private static PrintStream out() {
        return System.out;
    }
}
