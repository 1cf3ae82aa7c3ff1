package dev.mlops.onnx.device;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.UUID;

/**
 * The files of models on disk: {@code <digest>/files/…}, with {@code <digest>/.complete} written last, which says what
 * was received. Files arrive in a folder of their own that is renamed when all are there. Thread-safe.
 */
final class Artifacts {
    private static final String COMPLETE = ".complete";
    private static final String FILES = "files";
    private static final String INCOMING = ".incoming-";
    private static final int CHUNK = 64 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;

    /** Opens the directory and removes what an earlier process left half-done there. */
    Artifacts(Path directory) {
        this.directory = directory;
        DiskFiles.createDirectories(directory);
        for (Path entry : DiskFiles.list(directory)) {
            if (entry.getFileName().toString().startsWith(INCOMING)) {
                DiskFiles.deleteTree(entry);
            }
        }
    }

    boolean has(Sha256 digest) {
        Path folder = folder(digest);
        try {
            JsonNode manifest = JSON.readTree(Files.readAllBytes(folder.resolve(COMPLETE)));
            for (JsonNode file : manifest.path(FILES)) {
                Path path = folder.resolve(FILES).resolve(file.path("path").asText());
                if (!Files.isRegularFile(path)
                        || Files.size(path) != file.path("length").asLong(-1)) {
                    return false;
                }
            }
            return manifest.path(FILES).size() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Where a file of an artifact is. */
    Path file(Sha256 digest, String path) {
        return folder(digest).resolve(FILES).resolve(path);
    }

    void receive(ModelArtifact artifact, ProgressListener progress, Cancellation cancellation) {
        if (has(artifact.digest())) {
            progress.onProgress(state(artifact, artifact.files().size(), artifact.totalBytes(), 0));
            return;
        }
        Path incoming = directory.resolve(INCOMING + UUID.randomUUID());
        try {
            receive(artifact, incoming, progress, cancellation);
            publish(artifact.digest(), incoming);
        } finally {
            DiskFiles.deleteTree(incoming);
        }
    }

    private synchronized void publish(Sha256 digest, Path incoming) {
        if (has(digest)) {
            return;
        }
        DiskFiles.deleteTree(folder(digest));
        try {
            Files.move(incoming, folder(digest), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw DiskFiles.failed("put in place", folder(digest), e);
        }
    }

    synchronized boolean remove(Sha256 digest) {
        boolean whole = has(digest);
        // First the mark, so that a removal that breaks off leaves no artifact.
        DiskFiles.delete(folder(digest).resolve(COMPLETE));
        DiskFiles.deleteTree(folder(digest));
        return whole;
    }

    private void receive(ModelArtifact artifact, Path incoming, ProgressListener progress, Cancellation cancellation) {
        if (artifact.files().isEmpty()) {
            throw new InvalidInputException("artifact files", artifact.files(), "must not be empty");
        }
        ObjectNode manifest = JSON.createObjectNode().put("format", 1);
        long bytes = 0;
        int files = 0;
        for (ModelArtifact.File file : artifact.files()) {
            long length = receive(file, incoming.resolve(FILES), cancellation);
            manifest.withArray(FILES)
                    .addObject()
                    .put("path", file.path())
                    .put("sha256", file.sha256().hex())
                    .put("length", length);
            bytes += length;
            progress.onProgress(state(artifact, ++files, bytes, bytes));
        }
        DiskFiles.replace(incoming.resolve(COMPLETE), manifest.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Progress state(ModelArtifact artifact, int files, long bytes, long newBytes) {
        return new Progress(files, artifact.files().size(), bytes, artifact.totalBytes(), newBytes);
    }

    private static long receive(ModelArtifact.File file, Path folder, Cancellation cancellation) {
        Path target = folder.resolve(RelativePath.check("artifact file", file.path()));
        MessageDigest digest = Sha256.newDigest();
        long length = copy(file, target, digest, cancellation);
        // Before the mark that says that all is there.
        DiskFiles.sync(target);
        Sha256 arrived = Sha256.ofDigest(digest.digest());
        if (!arrived.equals(file.sha256()) || length != file.body().length()) {
            throw new IntegrityException("the file %s arrived as %s with %d bytes, but was sent as %s with %d bytes"
                    .formatted(
                            file.path(),
                            arrived,
                            length,
                            file.sha256(),
                            file.body().length()));
        }
        return length;
    }

    private static long copy(ModelArtifact.File file, Path target, MessageDigest digest, Cancellation cancellation) {
        String what = "sending of " + file.path();
        cancellation.check(what);
        DiskFiles.createDirectories(Objects.requireNonNull(target.getParent()));
        try (InputStream in = file.body().open();
                OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
            byte[] chunk = new byte[CHUNK];
            long length = 0;
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                cancellation.check(what);
                out.write(chunk, 0, read);
                digest.update(chunk, 0, read);
                length += read;
            }
            return length;
        } catch (FileAlreadyExistsException e) {
            throw new InvalidInputException("artifact file", file.path(), "is there twice", e);
        } catch (IOException e) {
            throw new UnavailableException("the file " + file.path() + " could not be received: " + e.getMessage(), e);
        }
    }

    private Path folder(Sha256 digest) {
        return directory.resolve(digest.hex());
    }
}
