package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.kill.DatasetWork;
import dev.mlops.testkit.kill.KilledWorkContract;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** On PostgreSQL and S3. */
class KilledWorkTest extends KilledWorkContract {
    private static final PrintStream OUT = System.out;

    @TempDir
    private Path cache;

    private StoreAddress store;

    @BeforeEach
    void makeStore() {
        store = StoreAddress.create(cache);
    }

    @Override
    protected List<String> command(List<String> args) {
        return store.command(Worker.class, List.of(), args);
    }

    @Override
    protected Mlops open() {
        return store.open();
    }

    /** The process that is killed. */
    static final class Worker {
        private Worker() {}

        /** The address of the store and what the work wants. */
        public static void main(String[] args) {
            try (Mlops mlops = StoreAddress.of(args).open()) {
                DatasetWork.run(mlops, StoreAddress.rest(args), OUT);
            }
        }
    }
}
