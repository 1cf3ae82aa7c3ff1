package dev.mlops.edge.docker;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.NotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A container through which a model volume is written and read; closing removes it. */
final class Helper implements AutoCloseable {
    /** An engine may flush gigabytes to a slow card before it answers. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final DockerSession session;
    private final String id;

    Helper(DockerSession session, String id) {
        this.session = session;
        this.id = id;
    }

    String id() {
        return id;
    }

    /** Unpacks an archive into the volume. */
    void write(InputStream tar) {
        try {
            session.call(
                    "transfer of model files",
                    PATIENCE,
                    docker -> docker.copyArchiveToContainerCmd(id)
                            .withRemotePath(Helpers.MODELS)
                            .withTarInputStream(tar)
                            .exec());
        } catch (NotFoundException e) {
            throw new ConflictException("another process took over the transfer of the model; try again", e);
        }
    }

    /** All files of the volume, as an archive whose paths begin with {@code models/}; the caller closes it. */
    TarArchiveInputStream read() {
        return read(Helpers.MODELS);
    }

    private TarArchiveInputStream read(String path) {
        return new TarArchiveInputStream(session.call(
                "reading of " + path,
                PATIENCE,
                docker -> docker.copyArchiveFromContainerCmd(id, path).exec()));
    }

    /** The manifest; empty if the volume was not finished. */
    Optional<Manifest> manifest() {
        try (TarArchiveInputStream tar = read(Helpers.MODELS + "/" + Manifest.FILE)) {
            TarArchiveEntry entry = tar.getNextEntry();
            return entry == null || !VolumeDigests.isRegular(entry)
                    ? Optional.empty()
                    : Manifest.fromJson(tar.readNBytes(Manifest.MAX_BYTES));
        } catch (NotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw session.translated("reading of the model's manifest", new UncheckedIOException(e));
        }
    }

    @Override
    public void close() {
        DockerSession.uninterrupted(this::remove);
    }

    private void remove() {
        try {
            session.call(
                    "removal of a helper container",
                    PATIENCE,
                    docker -> docker.removeContainerCmd(id).withForce(true).exec());
        } catch (NotFoundException e) {
            // Gone is what was asked for.
        }
    }
}
