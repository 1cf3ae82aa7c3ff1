package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A store for all tests of a class: opened before the first, closed and removed after the last. */
final class EmbeddedStore implements BeforeAllCallback, AfterAllCallback {
    private @Nullable Path home;
    private @Nullable Mlops mlops;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Path made = Files.createTempDirectory("mlops-embedded");
        home = made;
        mlops = EmbeddedMlops.open(made);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        mlops().close();
        Directories.delete(home());
    }

    Mlops mlops() {
        return Objects.requireNonNull(mlops, "the store is open during tests only");
    }

    Path home() {
        return Objects.requireNonNull(home, "the store is open during tests only");
    }
}
