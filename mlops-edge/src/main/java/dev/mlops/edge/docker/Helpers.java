package dev.mlops.edge.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.VolumeOptions;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.NotFoundException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Containers that never run: one gives access to the files of a volume, one with a name that all processes know is the
 * lock of a model. Those that a dead process left are swept.
 */
final class Helpers {
    /** Where a model's files are inside every container. */
    static final String MODELS = "/models";

    private final DockerSession session;
    private final String image;

    Helpers(DockerSession session, String image) {
        this.session = session;
        this.image = image;
    }

    static String volumeOf(Sha256 digest) {
        return "mlops-model-" + digest;
    }

    /** The model's volume as a mount; if an engine has to make the volume for it, it gets our label. */
    static Mount mount(Sha256 digest) {
        return new Mount()
                .withType(MountType.VOLUME)
                .withSource(volumeOf(digest))
                .withTarget(MODELS)
                .withVolumeOptions(
                        new VolumeOptions().withNoCopy(true).withLabels(Map.of(Labels.VOLUME, digest.hex())));
    }

    /** Makes a container through which the volume's files can be written and read. */
    Helper open(Sha256 digest, Holder holder) {
        String name = "mlops-helper-" + digest.shortHex() + "-" + holder.attempt();
        return create(name, digest, holder, HostConfig.newHostConfig().withMounts(List.of(mount(digest))));
    }

    /** Makes the container whose name is the lock of the model. */
    Helper lock(Sha256 digest, Holder holder) {
        return create(lockName(digest), digest, holder, HostConfig.newHostConfig());
    }

    static String lockName(Sha256 digest) {
        return "mlops-lock-" + digest;
    }

    private Helper create(String name, Sha256 digest, Holder holder, HostConfig host) {
        String id = session.call("transfer of model " + digest.shortHex(), docker -> {
            CreateContainerCmd create = docker.createContainerCmd(image)
                    .withName(name)
                    .withLabels(Map.of(Labels.HELPER, digest.hex(), Labels.HOLDER, holder.toString()))
                    .withHostConfig(host.withNetworkMode("none"));
            return created(create);
        });
        return new Helper(session, id);
    }

    private String created(CreateContainerCmd create) {
        try {
            return create.withCmd("never-started").exec().getId();
        } catch (com.github.dockerjava.api.exception.NotFoundException e) {
            throw missingImage(e);
        }
    }

    /** The helpers of a model that are on the engine now, without waiting for those that are being filled. */
    List<Container> find(Sha256 digest) {
        return session.call(
                "listing of helpers",
                docker -> docker.listContainersCmd()
                        .withShowAll(true)
                        .withLabelFilter(Map.of(Labels.HELPER, digest.hex()))
                        .exec());
    }

    /** True if the maker of a helper is dead, or so old a maker on another machine that it must be. */
    boolean isAbandoned(Container helper, Holder here, Duration lease) {
        Holder holder = Holder.parse(helper.getLabels().getOrDefault(Labels.HOLDER, ""));
        return switch (here.lifeOf(holder)) {
            case ALIVE -> false;
            case DEAD -> true;
            case UNKNOWN -> age(helper).compareTo(lease) > 0;
        };
    }

    /** By the engine's clock: that of a device may be far from ours. Zero if the engine does not tell the time. */
    private Duration age(Container helper) {
        Optional<String> now = session.call(
                "info", docker -> Optional.ofNullable(docker.infoCmd().exec().getSystemTime()));
        long seconds = now.map(OffsetDateTime::parse)
                .map(time -> time.toEpochSecond() - helper.getCreated())
                .orElse(0L);
        return Duration.ofSeconds(Math.max(0, seconds));
    }

    /** Says what to do when the engine does not know the image. */
    NotFoundException missingImage(Throwable cause) {
        return new NotFoundException(
                "image %s is not on %s; make it with RuntimeImage, or name another with runtimeImage(…)"
                        .formatted(image, session.describe()),
                cause);
    }

    /** Removes a helper; does nothing if it is gone. */
    void remove(Container helper) {
        handle(helper).close();
    }

    Helper handle(Container helper) {
        return new Helper(session, helper.getId());
    }

    /** True if a container that is no helper of ours has this name. */
    boolean isForeign(String name) {
        return session.call(
                "listing of containers",
                docker ->
                        docker
                                .listContainersCmd()
                                .withShowAll(true)
                                .withNameFilter(List.of("^/" + name + "$"))
                                .exec()
                                .stream()
                                .anyMatch(container -> !container.getLabels().containsKey(Labels.HELPER)));
    }

    /** The manifest of a volume through any container that mounts it; empty if the volume was not finished. */
    Optional<Manifest> manifest(String container) {
        return new Helper(session, container).manifest();
    }
}
