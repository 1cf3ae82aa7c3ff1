package dev.mlops.edge.deploy;

import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.spi.device.ModelArtifact;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.content.ContentStore;
import java.io.InputStream;
import java.util.List;

/** The files of a model version as an engine takes them, verified while they are read. */
final class Artifacts {
    private Artifacts() {}

    static ModelArtifact of(ModelVersion version, ContentStore content) {
        return new ModelArtifact(
                version.digest(),
                version.files().stream()
                        .map(file -> new ModelArtifact.File(file.path(), file.sha256(), new Stored(file, content)))
                        .toList());
    }

    /** The file whose name ends in {@code .onnx} if there is exactly one, else the first. */
    static String modelFile(ModelVersion version) {
        List<String> models = version.files().stream()
                .map(ModelFile::path)
                .filter(path -> path.endsWith(".onnx"))
                .toList();
        return models.size() == 1 ? models.get(0) : version.files().get(0).path();
    }

    private record Stored(ModelFile file, ContentStore content) implements ObjectBody {
        @Override
        public long length() {
            return file.size();
        }

        @Override
        public InputStream open() {
            return content.open(file.sha256());
        }
    }
}
