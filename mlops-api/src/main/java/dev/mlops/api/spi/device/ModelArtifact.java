package dev.mlops.api.spi.device;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.spi.object.ObjectBody;
import java.util.List;

/**
 * The files of one model version, to be put on a device.
 *
 * @param digest the identity of the whole: equal digests mean equal files
 * @param files the files; at least one
 */
public record ModelArtifact(Sha256 digest, List<File> files) {
    /** Copies the files. */
    public ModelArtifact {
        files = List.copyOf(files);
    }

    /** The bytes of all files together. */
    public long totalBytes() {
        return files.stream().mapToLong(file -> file.body().length()).sum();
    }

    /**
     * One file.
     *
     * @param path its relative path with {@code /}, such as {@code model.onnx}
     * @param sha256 the digest of its bytes
     * @param body its bytes
     */
    public record File(String path, Sha256 sha256, ObjectBody body) {}
}
