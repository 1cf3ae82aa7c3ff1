package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.testkit.kill.KilledPublishContract;
import dev.mlops.testkit.kill.PublishWork;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** On PostgreSQL and S3. */
class KilledPublishTest extends KilledPublishContract {
    @TempDir
    private Path cache;

    private StoreAddress store;

    @BeforeEach
    void makeStore() {
        store = StoreAddress.create(cache);
    }

    @Override
    protected List<String> command(List<String> options, List<String> args) {
        return store.command(Publisher.class, options, args);
    }

    @Override
    protected Mlops open() {
        return store.open();
    }

    @Override
    protected ObjectStore openObjects() {
        return store.openObjects();
    }

    /** The process that is killed. */
    static final class Publisher {
        private Publisher() {}

        /** The address of the store and what the work wants. */
        public static void main(String[] args) throws InterruptedException {
            try (Mlops mlops = StoreAddress.of(args).open()) {
                PublishWork.run(mlops, StoreAddress.rest(args));
            }
        }
    }
}
