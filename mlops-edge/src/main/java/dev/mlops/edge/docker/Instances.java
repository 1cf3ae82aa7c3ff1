package dev.mlops.edge.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Instances as containers that carry our labels; every other container is as if it were not there. */
final class Instances {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final DockerSession session;
    private final Helpers helpers;
    private final ModelVolumes volumes;
    private final String image;
    private final String publishAddress;

    Instances(DockerSession session, Helpers helpers, ModelVolumes volumes, String image, String publishAddress) {
        this.session = session;
        this.helpers = helpers;
        this.volumes = volumes;
        this.image = image;
        this.publishAddress = publishAddress;
    }

    void create(InstanceSpec spec) {
        SpecRules.check(spec);
        if (isThere(spec)) {
            return;
        }
        // An engine would make an empty volume for a container that asks for one that is missing.
        requireModel(spec, volumes.manifest(spec.artifact()));
        try {
            createContainer(spec);
        } catch (ConflictException | UnavailableException e) {
            // Made by somebody at the same time, or made by this request although its answer was lost?
            if (!isThere(spec)) {
                throw e;
            }
        }
        requireStillThere(spec);
    }

    private void createContainer(InstanceSpec spec) {
        Map<String, String> labels = Labels.of(spec, SpecHash.of(spec, publishAddress));
        session.call(doing("creation", spec.name()), PATIENCE, docker -> {
            try {
                return Sandbox.apply(docker.createContainerCmd(image), spec, publishAddress)
                        .withName(containerOf(spec.name()))
                        .withLabels(labels)
                        .exec();
            } catch (com.github.dockerjava.api.exception.NotFoundException e) {
                throw helpers.missingImage(e);
            }
        });
    }

    /** True if the instance is there as the spec says. */
    private boolean isThere(InstanceSpec spec) {
        Optional<InspectContainerResponse> present = find(spec.name());
        if (present.isEmpty()) {
            refuseForeign(spec.name());
            return false;
        }
        String hash = labelsOf(present.get()).get(Labels.SPEC_HASH);
        if (!SpecHash.of(spec, publishAddress).equals(hash)) {
            throw new ConflictException("instance '%s' of owner '%s' exists at %s with another spec; remove it first"
                    .formatted(spec.name(), labelsOf(present.get()).get(Labels.OWNER), session.describe()));
        }
        return true;
    }

    private void refuseForeign(String instance) {
        if (inspectContainer(instance).isPresent()) {
            throw new ConflictException("container %s at %s was not made by this library; remove or rename it"
                    .formatted(containerOf(instance), session.describe()));
        }
    }

    /** The volume cannot be removed while the container is there, so what it sees now it will see when it runs. */
    private void requireStillThere(InstanceSpec spec) {
        try {
            requireModel(spec, helpers.manifest(containerOf(spec.name())));
        } catch (NotFoundException | InvalidInputException e) {
            remove(spec.name());
            throw e;
        }
    }

    private void requireModel(InstanceSpec spec, Optional<Manifest> manifest) {
        if (manifest.filter(found -> found.digest().equals(spec.artifact().hex()))
                .isEmpty()) {
            throw new NotFoundException("model %s is not on %s; put it there first"
                    .formatted(spec.artifact().shortHex(), session.describe()));
        }
        if (!manifest.get().files().containsKey(spec.modelFile())) {
            throw new InvalidInputException(
                    "model file",
                    spec.modelFile(),
                    "is none of " + manifest.get().files().keySet());
        }
    }

    void start(String instance) {
        String id = require(instance).getId();
        try {
            session.call(doing("start", instance), PATIENCE, docker -> {
                try {
                    docker.startContainerCmd(id).exec();
                    return true;
                } catch (NotModifiedException e) {
                    return false;
                }
            });
        } catch (UnavailableException e) {
            unlessState(instance, InstanceStatus.State.RUNNING, e);
        }
    }

    void stop(String instance, Duration grace) {
        Optional<InspectContainerResponse> present = find(instance);
        if (present.isEmpty()) {
            return;
        }
        int seconds = (int)
                Math.min(Integer.MAX_VALUE, Math.max(0, grace.plusMillis(999).toSeconds()));
        try {
            session.call(doing("stop", instance), PATIENCE.plusSeconds(seconds), docker -> {
                try {
                    docker.stopContainerCmd(present.get().getId())
                            .withTimeout(seconds)
                            .exec();
                    return true;
                } catch (NotModifiedException | com.github.dockerjava.api.exception.NotFoundException e) {
                    return false;
                }
            });
        } catch (UnavailableException e) {
            unlessState(instance, InstanceStatus.State.EXITED, e);
        }
    }

    void remove(String instance) {
        Optional<InspectContainerResponse> present = find(instance);
        if (present.isEmpty()) {
            return;
        }
        try {
            session.call(
                    doing("removal", instance),
                    PATIENCE,
                    docker -> docker.removeContainerCmd(present.get().getId())
                            .withForce(true)
                            .withRemoveVolumes(true)
                            .exec());
        } catch (NotFoundException e) {
            // Somebody else removed it.
        } catch (ConflictException | UnavailableException e) {
            // 409 while another removal is under way.
            awaitGone(instance, e);
        }
    }

    private void awaitGone(String instance, MlopsException failure) {
        for (int attempt = 0; attempt < 50; attempt++) {
            if (find(instance).isEmpty()) {
                return;
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failure;
            }
        }
        throw failure;
    }

    /** After a failure of unknown outcome: fine if the device did what was asked. */
    private void unlessState(String instance, InstanceStatus.State wanted, UnavailableException failure) {
        if (inspect(instance).filter(status -> status.state() == wanted).isEmpty()) {
            throw failure;
        }
    }

    Optional<InstanceStatus> inspect(String instance) {
        return find(instance).map(Statuses::of);
    }

    List<InstanceStatus> list(String owner) {
        List<Container> containers = session.call(
                "listing of instances",
                docker -> docker.listContainersCmd()
                        .withShowAll(true)
                        .withLabelFilter(Map.of(Labels.OWNER, owner))
                        .exec());
        return containers.stream()
                .filter(container -> container.getLabels().containsKey(Labels.INSTANCE))
                // An engine takes an empty value in its filter for any value.
                .filter(container -> owner.equals(container.getLabels().get(Labels.OWNER)))
                .map(Statuses::of)
                .toList();
    }

    List<String> logs(String instance, int lines) {
        if (lines < 0) {
            throw new InvalidInputException("lines", lines, "must not be negative");
        }
        Optional<InspectContainerResponse> present = find(instance);
        if (present.isEmpty() || lines == 0) {
            return List.of();
        }
        LogLines collected = new LogLines(lines);
        session.call(
                doing("reading of the logs", instance),
                docker -> docker.logContainerCmd(present.get().getId())
                        .withStdOut(true)
                        .withStdErr(true)
                        .withTail(lines)
                        .exec(collected)
                        .await(PATIENCE));
        return collected.lines();
    }

    private InspectContainerResponse require(String instance) {
        return find(instance)
                .orElseThrow(() ->
                        new NotFoundException("instance '%s' is not on %s".formatted(instance, session.describe())));
    }

    private Optional<InspectContainerResponse> find(String instance) {
        SpecRules.name(instance);
        return inspectContainer(instance)
                .filter(container -> Objects.equals(labelsOf(container).get(Labels.INSTANCE), instance));
    }

    private Optional<InspectContainerResponse> inspectContainer(String instance) {
        try {
            return Optional.of(session.call(
                    doing("inspection", instance),
                    docker -> docker.inspectContainerCmd(containerOf(instance)).exec()));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    private static Map<String, String> labelsOf(InspectContainerResponse container) {
        Map<String, String> labels =
                container.getConfig() == null ? null : container.getConfig().getLabels();
        return labels == null ? Map.of() : labels;
    }

    /** The prefix makes every allowed instance name an allowed container name, and tells people whose it is. */
    static String containerOf(String instance) {
        return "mlops-instance-" + instance;
    }

    private static String doing(String what, String instance) {
        return "%s of instance '%s'".formatted(what, instance);
    }
}
