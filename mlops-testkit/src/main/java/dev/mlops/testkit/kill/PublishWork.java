package dev.mlops.testkit.kill;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.PublishOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What a process does that is killed while it publishes a directory, once. {@link KilledPublishContract} kills it. */
public final class PublishWork {
    static final String PROJECT = "killed";
    static final String DATASET = "directory";

    private PublishWork() {}

    /**
     * Publishes, and then waits to be killed.
     *
     * @param args as {@link KilledPublishContract} gives them
     */
    public static void run(Mlops mlops, String[] args) throws InterruptedException {
        mlops.projects().openOrCreate(PROJECT).datasets().publish(DATASET, Path.of(args[0]), PublishOptions.defaults());
        TimeUnit.MINUTES.sleep(5);
    }
}
