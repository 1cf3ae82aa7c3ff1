package dev.mlops.edge.docker;

import com.github.dockerjava.api.model.Container;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Model files in named volumes, one volume a model. A volume is filled under the model's lock, read back and hashed,
 * and then gets its {@link Manifest}; without it, it is garbage and is made anew.
 */
final class ModelVolumes {
    private static final Duration LEASE = Duration.ofMinutes(10);

    private final DockerSession session;
    private final Helpers helpers;

    ModelVolumes(DockerSession session, Helpers helpers) {
        this.session = session;
        this.helpers = helpers;
    }

    void ensure(ModelArtifact artifact, ProgressListener listener, Cancellation cancellation) {
        checkPaths(artifact);
        TransferProgress progress = new TransferProgress(artifact, listener, cancellation);
        progress.check();
        if (!has(artifact)) {
            Holder.attempt(holder -> {
                Helper held = new ModelLock(helpers, lease(artifact)).acquire(artifact.digest(), holder, cancellation);
                try (held) {
                    fillUnlessWhole(artifact, holder, progress);
                }
                return true;
            });
        }
        progress.finished();
    }

    /** A holder on another machine must move a mebibyte a second to keep its lock. */
    private static Duration lease(ModelArtifact artifact) {
        return LEASE.plusSeconds(artifact.totalBytes() >> 20);
    }

    private void fillUnlessWhole(ModelArtifact artifact, Holder holder, TransferProgress progress) {
        if (has(artifact)) {
            return;
        }
        sweep(artifact.digest());
        if (!removeVolume(artifact.digest()) && manifest(artifact.digest()).isPresent()) {
            throw new IntegrityException("the device has other files under the digest %s, and an instance uses them"
                    .formatted(artifact.digest()));
        }
        try {
            fill(artifact, holder, progress);
        } catch (MlopsException e) {
            discard(artifact.digest(), e);
            throw e;
        }
    }

    private void fill(ModelArtifact artifact, Holder holder, TransferProgress progress) {
        createVolume(artifact.digest());
        try (Helper helper = helpers.open(artifact.digest(), holder)) {
            helper.write(progress.counting(ModelTar.of(artifact)));
            verify(artifact, helper, progress);
            helper.write(ModelTar.of(Manifest.FILE, Manifest.of(artifact).toJson()));
        }
    }

    /** After a failed transfer: what is left is garbage, but the failure is what the caller must see. */
    private void discard(Sha256 digest, MlopsException failure) {
        try {
            DockerSession.uninterrupted(() -> removeVolume(digest));
        } catch (MlopsException e) {
            failure.addSuppressed(e);
        }
    }

    /** Reads everything back from the device and compares. */
    private void verify(ModelArtifact artifact, Helper helper, TransferProgress progress) {
        Map<String, String> arrived;
        try (TarArchiveInputStream archive = helper.read()) {
            arrived = VolumeDigests.of(archive, artifact.totalBytes() + Manifest.MAX_BYTES, progress);
        } catch (IOException e) {
            throw session.translated(
                    "reading back of model " + artifact.digest().shortHex(), new UncheckedIOException(e));
        }
        arrived.remove(Manifest.FILE);
        Map<String, String> sent = Manifest.of(artifact).files();
        if (!arrived.equals(sent)) {
            throw new IntegrityException("model %s arrived on the device as %s, but was to be %s"
                    .formatted(artifact.digest().shortHex(), arrived, sent));
        }
    }

    boolean has(ModelArtifact artifact) {
        return manifest(artifact.digest()).filter(Manifest.of(artifact)::equals).isPresent();
    }

    /** What is whole on the device; empty if nothing is. */
    Optional<Manifest> manifest(Sha256 digest) {
        if (!volumeExists(digest)) {
            return Optional.empty();
        }
        Optional<String> instance = users(digest).stream()
                .filter(user -> user.getLabels().containsKey(Labels.INSTANCE))
                .map(Container::getId)
                .findFirst();
        if (instance.isPresent()) {
            return helpers.manifest(instance.get());
        }
        return Holder.attempt(holder -> {
            try (Helper probe = helpers.open(digest, holder)) {
                return probe.manifest();
            }
        });
    }

    boolean remove(ModelArtifact artifact) {
        return Holder.attempt(holder -> new ModelLock(helpers, lease(artifact))
                .attempt(artifact.digest(), holder)
                .map(held -> removeUnder(held, artifact.digest()))
                .orElse(false));
    }

    private boolean removeUnder(Helper held, Sha256 digest) {
        try (held) {
            sweep(digest);
            return volumeExists(digest) && removeVolume(digest);
        }
    }

    /** Under the lock: no other helper of this model that a dead process left may keep the volume. */
    private void sweep(Sha256 digest) {
        Holder here = Holder.here();
        for (Container user : users(digest)) {
            if (user.getLabels().containsKey(Labels.HELPER) && helpers.isAbandoned(user, here, LEASE)) {
                helpers.remove(user);
            }
        }
    }

    private List<Container> users(Sha256 digest) {
        return session.call(
                "listing of users of model " + digest.shortHex(),
                docker -> docker.listContainersCmd()
                        .withShowAll(true)
                        .withVolumeFilter(Set.of(Helpers.volumeOf(digest)))
                        .exec());
    }

    private void createVolume(Sha256 digest) {
        session.call(
                "creation of a model volume",
                docker -> docker.createVolumeCmd()
                        .withName(Helpers.volumeOf(digest))
                        .withLabels(Map.of(Labels.VOLUME, digest.hex()))
                        .exec());
    }

    private boolean volumeExists(Sha256 digest) {
        try {
            Map<String, String> labels = session.call(
                    "inspection of a model volume",
                    docker -> docker.inspectVolumeCmd(Helpers.volumeOf(digest))
                            .exec()
                            .getLabels());
            if (labels == null || !digest.hex().equals(labels.get(Labels.VOLUME))) {
                throw new ConflictException("volume %s at %s was not made by this library; remove or rename it"
                        .formatted(Helpers.volumeOf(digest), session.describe()));
            }
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /** False if it is in use or there is none. */
    private boolean removeVolume(Sha256 digest) {
        try {
            session.call(
                    "removal of a model volume",
                    docker -> docker.removeVolumeCmd(Helpers.volumeOf(digest)).exec());
            return true;
        } catch (NotFoundException | ConflictException e) {
            return false;
        }
    }

    private static void checkPaths(ModelArtifact artifact) {
        if (artifact.files().isEmpty()) {
            throw new InvalidInputException("model files", artifact.digest(), "must be one or more");
        }
        Set<String> paths = new HashSet<>();
        for (ModelArtifact.File file : artifact.files()) {
            RelativePath.check("model file", file.path());
            if (file.path().equals(Manifest.FILE) || !paths.add(file.path())) {
                throw new InvalidInputException("model file", file.path(), "must occur once and not be .complete");
            }
        }
    }
}
