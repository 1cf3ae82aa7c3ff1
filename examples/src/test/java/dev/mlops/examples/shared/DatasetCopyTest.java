package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.testkit.dataset.DatasetCopyContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** From files and SQLite to S3 and PostgreSQL. */
class DatasetCopyTest extends DatasetCopyContract {
    private static Mlops elsewhere;

    @BeforeAll
    static void open(@TempDir Path home) {
        elsewhere = EmbeddedMlops.open(home);
    }

    @AfterAll
    static void close() {
        elsewhere.close();
    }

    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }

    @Override
    protected Mlops elsewhere() {
        return elsewhere;
    }
}
