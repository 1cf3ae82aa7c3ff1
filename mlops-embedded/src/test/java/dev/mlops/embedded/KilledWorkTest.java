package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.kill.DatasetWork;
import dev.mlops.testkit.kill.KilledWorkContract;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** On SQLite and files. */
class KilledWorkTest extends KilledWorkContract {
    private static final PrintStream OUT = System.out;

    @TempDir
    private Path home;

    @Override
    protected List<String> command(List<String> args) {
        return ChildProcess.command(Worker.class, List.of(), home, args);
    }

    @Override
    protected Mlops open() {
        return EmbeddedMlops.open(home);
    }

    /** The process that is killed. */
    static final class Worker {
        private Worker() {}

        /** {@code <home>} and what the work wants. */
        public static void main(String[] args) {
            try (Mlops mlops = EmbeddedMlops.open(Path.of(args[0]))) {
                DatasetWork.run(mlops, List.of(args).subList(1, args.length).toArray(String[]::new), OUT);
            }
        }
    }
}
