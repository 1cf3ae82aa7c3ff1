package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.testkit.content.StorageContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class StorageTest extends StorageContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    private static ObjectStore objects;

    @BeforeAll
    static void open() {
        objects = FileObjectStore.open(STORE.home().resolve("objects"));
    }

    @AfterAll
    static void close() {
        objects.close();
    }

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }

    @Override
    protected ObjectStore objects() {
        return objects;
    }
}
