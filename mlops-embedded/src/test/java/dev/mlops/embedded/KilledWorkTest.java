package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.kill.DatasetWork;
import dev.mlops.testkit.kill.KilledWorkContract;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** On SQLite and files. */
class KilledWorkTest extends KilledWorkContract {
    private static final PrintStream OUT = System.out;

    @TempDir
    private Path home;

    @Override
    protected List<String> command(List<String> args) {
        return Stream.of(Worker.command(home.toString()), args)
                .flatMap(List::stream)
                .toList();
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

        static List<String> command(String home) {
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:-UsePerfData",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xshare:auto",
                    "-Xmx256m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Worker.class.getName(),
                    home);
        }
    }
}
