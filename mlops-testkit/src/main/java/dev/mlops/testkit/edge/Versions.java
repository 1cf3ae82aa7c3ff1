package dev.mlops.testkit.edge;

import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.testkit.device.ContractModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Imports model versions to deploy. */
public final class Versions {
    private final Path directory;

    /** Imports from files that are written to a directory. */
    public Versions(Path directory) {
        this.directory = directory;
    }

    /** A version that works, with files that no other version has. */
    public ModelVersion working(Project project, String model) {
        return imported(project, model, ContractModel.FILE, ContractModel.bytes());
    }

    /** A version that the registry takes, as it does not look like ONNX, and that no instance can serve. */
    public ModelVersion broken(Project project, String model) {
        return imported(project, model, "model.bin", "no model at all".getBytes(StandardCharsets.UTF_8));
    }

    private ModelVersion imported(Project project, String model, String file, byte[] bytes) {
        try {
            Path files = Files.createTempDirectory(directory, "version");
            Files.write(files.resolve(file), bytes);
            Files.writeString(files.resolve("note.txt"), UUID.randomUUID().toString());
            return project.models().importVersion(model, ImportSource.directory(files));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
