package dev.mlops.core.model;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** Writes the files of a version below a directory, but only those that are not there already. */
final class ModelDownload {
    private final ContentStore content;
    private final Cancellation cancellation = new Cancellation(); // none is given; an interrupt ends it

    ModelDownload(ContentStore content) {
        this.content = content;
    }

    Path write(ModelVersion version, Path directory) {
        try {
            Files.createDirectories(directory);
            Path root = directory.toRealPath();
            for (ModelFile file : version.files()) {
                write(version, file, root);
            }
        } catch (IOException e) {
            throw ReadFailures.of("cannot write %s to %s".formatted(version.reference(), directory), e);
        }
        return directory.resolve(ModelFiles.main(version.files()).path());
    }

    private void write(ModelVersion version, ModelFile file, Path root) throws IOException {
        Path target = root.resolve(file.path());
        Path folder = target.resolveSibling("");
        Files.createDirectories(folder);
        if (!folder.toRealPath().startsWith(root)) {
            throw new InvalidInputException("download directory", folder, "leads out of " + root + " by a link");
        }
        if (isThere(file, target)) {
            return;
        }
        try {
            content.copyTo(file.sha256(), target, cancellation);
        } catch (IntegrityException | NotFoundException e) {
            throw new IntegrityException(
                    "file %s of %s is damaged in the store: %s"
                            .formatted(file.path(), version.reference(), e.getMessage()),
                    e);
        }
    }

    private static boolean isThere(ModelFile file, Path target) throws IOException {
        if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS) || Files.size(target) != file.size()) {
            return false;
        }
        MessageDigest digest = Sha256.newDigest();
        try (InputStream in = Files.newInputStream(target);
                OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            in.transferTo(out);
        }
        return Sha256.ofDigest(digest.digest()).equals(file.sha256());
    }
}
