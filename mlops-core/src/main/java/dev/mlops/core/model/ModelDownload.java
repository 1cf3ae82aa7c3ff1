package dev.mlops.core.model;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.file.FileProgress;
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
    private final ProgressListener progress;
    private final Cancellation cancellation;

    ModelDownload(ContentStore content, ProgressListener progress, Cancellation cancellation) {
        this.content = content;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    Path write(ModelVersion version, Path directory) {
        try {
            Files.createDirectories(directory);
            Path root = directory.toRealPath();
            FileProgress watched = new FileProgress(
                    "download of " + version.reference(),
                    progress,
                    cancellation,
                    version.files().size(),
                    version.bytes());
            for (ModelFile file : version.files()) {
                watched.check();
                watched.done(file.size(), write(version, file, root) ? file.size() : 0);
            }
            watched.finish();
        } catch (IOException e) {
            throw ReadFailures.of("cannot write %s to %s".formatted(version.reference(), directory), e);
        }
        return directory.resolve(ModelFiles.main(version.files()).path());
    }

    /** False if the file was there already. */
    private boolean write(ModelVersion version, ModelFile file, Path root) throws IOException {
        Path target = root.resolve(file.path());
        Path folder = target.resolveSibling("");
        Files.createDirectories(folder);
        if (!folder.toRealPath().startsWith(root)) {
            throw new InvalidInputException("download directory", folder, "leads out of " + root + " by a link");
        }
        if (isThere(file, target)) {
            return false;
        }
        try {
            content.copyTo(file.sha256(), target, cancellation);
            return true;
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
