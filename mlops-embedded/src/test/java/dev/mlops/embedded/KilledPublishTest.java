package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.testkit.kill.KilledPublishContract;
import dev.mlops.testkit.kill.PublishWork;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** On SQLite and files. */
class KilledPublishTest extends KilledPublishContract {
    @TempDir
    private Path home;

    @Override
    protected List<String> command(List<String> options, List<String> args) {
        return ChildProcess.command(Publisher.class, options, home, args);
    }

    @Override
    protected Mlops open() {
        return EmbeddedMlops.open(home);
    }

    @Override
    protected ObjectStore openObjects() {
        return FileObjectStore.open(home.resolve("objects"));
    }

    /** The process that is killed. */
    static final class Publisher {
        private Publisher() {}

        /** {@code <home>} and what the work wants. */
        public static void main(String[] args) throws InterruptedException {
            try (Mlops mlops = EmbeddedMlops.open(Path.of(args[0]))) {
                PublishWork.run(mlops, List.of(args).subList(1, args.length).toArray(String[]::new));
            }
        }
    }
}
