package dev.mlops.core.model;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.Signature;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.file.ReadFailures;
import dev.mlops.core.onnx.OnnxSignatureReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the files of a version are together. */
final class ModelFiles {
    private static final String ONNX = ".onnx";

    private ModelFiles() {}

    /**
     * The digest of all files: the SHA-256 of the UTF-8 bytes of one line {@code <sha256> <path>\n} for each file, in the
     * order of {@link String#compareTo} of the paths. It depends on nothing else, so equal digests mean equal files.
     */
    static Sha256 digest(List<ModelFile> files) {
        StringBuilder lines = new StringBuilder();
        files.stream()
                .sorted((one, other) -> one.path().compareTo(other.path()))
                .forEach(file -> lines.append(file.sha256())
                        .append(' ')
                        .append(file.path())
                        .append('\n'));
        return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The file that is the model: the one ONNX file if there is exactly one, else the first. */
    static ModelFile main(List<ModelFile> files) {
        List<ModelFile> models = onnx(files);
        return models.size() == 1 ? models.get(0) : files.get(0);
    }

    /**
     * Reads every ONNX file, whole, from the stored bytes, so that the signature is of the very bytes that are kept.
     *
     * @return the signature if there is exactly one ONNX file, else null
     * @throws InvalidInputException if one is empty, truncated or no ONNX model, or the only file is empty
     */
    static @Nullable Signature checkedSignature(ContentStore content, List<ModelFile> files) {
        if (files.size() == 1 && files.get(0).size() == 0) {
            throw new InvalidInputException("model file", files.get(0).path(), "is empty");
        }
        List<ModelFile> models = onnx(files);
        Signature last = null;
        for (ModelFile model : models) {
            last = signature(content, model);
        }
        return models.size() == 1 ? last : null;
    }

    private static Signature signature(ContentStore content, ModelFile file) {
        try (InputStream in = content.open(file.sha256())) {
            return OnnxSignatureReader.read(file.path(), in);
        } catch (IOException e) {
            throw ReadFailures.of("cannot read the ONNX model " + file.path(), e);
        }
    }

    private static List<ModelFile> onnx(List<ModelFile> files) {
        return files.stream().filter(file -> file.path().endsWith(ONNX)).toList();
    }
}
