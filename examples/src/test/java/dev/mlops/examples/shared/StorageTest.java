package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.testkit.content.StorageContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a database and a bucket of its own, as a collection looks at everything. */
class StorageTest extends StorageContract {
    private static Mlops mlops;
    private static ObjectStore objects;

    @BeforeAll
    static void open() {
        String bucket = Servers.started().newBucket();
        mlops = SharedStore.open(bucket);
        objects = SharedStore.objects(bucket);
    }

    @AfterAll
    static void close() {
        objects.close();
        mlops.close();
    }

    @Override
    protected Mlops mlops() {
        return mlops;
    }

    @Override
    protected ObjectStore objects() {
        return objects;
    }
}
