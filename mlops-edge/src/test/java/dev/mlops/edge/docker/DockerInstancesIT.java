package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.api.spi.device.InstanceStatus.State;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Instances on a real Docker Engine, beyond what the contract asks of every engine. */
class DockerInstancesIT extends DockerFixture {
    @Test
    void shutsAnInstanceIn() {
        InstanceSpec spec = create("shut-in", send("a model"), new Resources(256L << 20, 0.5, 64));

        InspectContainerResponse container = inspect(spec);
        HostConfig host = container.getHostConfig();

        assertThat(container.getConfig().getUser()).isEqualTo("65532:65532");
        assertThat(host.getReadonlyRootfs()).isTrue();
        assertThat(host.getPrivileged()).isFalse();
        assertThat(host.getCapDrop()).containsExactly(Capability.ALL);
        assertThat(host.getSecurityOpts()).containsExactly("no-new-privileges");
        assertThat(host.getMemory()).isEqualTo(256L << 20);
        assertThat(host.getMemorySwap()).isEqualTo(256L << 20);
        assertThat(host.getNanoCPUs()).isEqualTo(500_000_000L);
        assertThat(host.getPidsLimit()).isEqualTo(64L);
        assertThat(host.getLogConfig().getType().getType()).isEqualTo("json-file");
        assertThat(host.getLogConfig().getConfig())
                .containsEntry("max-size", "5m")
                .containsEntry("max-file", "2");
        assertThat(host.getPortBindings().getBindings().get(ExposedPort.tcp(8080)))
                .singleElement()
                .satisfies(binding -> assertThat(binding.getHostIp()).isEqualTo("127.0.0.1"));
        assertThat(container.getMounts()).singleElement().satisfies(mount -> {
            assertThat(mount.getDestination().getPath()).isEqualTo("/models");
            assertThat(mount.getRW()).isFalse();
        });
    }

    @Test
    void whatRunsInsideSeesTheSandbox() {
        InstanceSpec spec = start(create("inside", send("a model"), Resources.DEFAULT));

        assertThat(get(spec, "/user"))
                .contains("Uid:\t65532\t65532", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000")
                .contains("NoNewPrivs:\t1");
        assertThat(get(spec, "/writable")).isEqualTo("models=false root=false tmp=true");
        assertThat(get(spec, "/environment")).contains("GREETING=hello world");
        assertThat(engine.logs(spec.name(), 10))
                .contains("serving --model /models/model.onnx --name digits --version 3 --host 0.0.0.0 --port 8080")
                .contains("ready");
    }

    @Test
    void runsTwoModelsAtOnceEachOnItsPort() {
        InstanceSpec first = start(create("first", send("model one"), Resources.DEFAULT));
        InstanceSpec second = start(create("second", send("model two"), Resources.DEFAULT));

        assertThat(get(first, "/model")).isEqualTo("model one");
        assertThat(get(second, "/model")).isEqualTo("model two");
        assertThat(engine.list(owner))
                .extracting(InstanceStatus::hostPort)
                .contains(first.hostPort(), second.hostPort());
    }

    @Test
    void twoInstancesShareOneVolume() {
        ModelArtifact artifact = send("shared");
        InstanceSpec first = start(create("first", artifact, Resources.DEFAULT));
        InstanceSpec second = start(create("second", artifact, Resources.DEFAULT));
        engine.remove(first.name());

        assertThat(engine.removeArtifact(artifact)).isFalse();
        assertThat(get(second, "/model")).isEqualTo("shared");
    }

    @Test
    void refusesAPortThatIsTaken() throws IOException {
        InstanceSpec spec = create("taken", send("a model"), Resources.DEFAULT);
        try (ServerSocket taken = new ServerSocket(spec.hostPort(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(() -> engine.start(spec.name()))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(Integer.toString(spec.hostPort()));
        }
        engine.start(spec.name());
        await(() -> isReady(spec));
    }

    @Test
    void tellsTheExitCodeOfWhatCrashed() {
        InstanceSpec spec = start(create("crash", send("a model"), Resources.DEFAULT));
        // More often than the engine restarts it by itself.
        for (int crash = 0;
                crash < 5 && engine.inspect(spec.name()).orElseThrow().state() == State.RUNNING;
                crash++) {
            await(() -> isReady(spec) || state(spec) == State.EXITED);
            assertThatThrownBy(() -> get(spec, "/crash")).isInstanceOf(java.io.UncheckedIOException.class);
            await(() -> isReady(spec) || (inspect(spec).getRestartCount() == 3 && state(spec) == State.EXITED));
        }

        InstanceStatus status = engine.inspect(spec.name()).orElseThrow();
        assertThat(status.state()).isEqualTo(State.EXITED);
        assertThat(status.exitCode()).isEqualTo(7);
        assertThat(engine.list(owner))
                .singleElement()
                .satisfies(listed -> assertThat(listed.exitCode()).isEqualTo(7));
    }

    @Test
    void refusesMoreProcessorsThanTheDeviceHas() {
        ModelArtifact artifact = send("a model");

        assertThatThrownBy(() -> create("greedy", artifact, new Resources(256L << 20, 4000, 64)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("CPUs");
        assertThat(engine.list(owner)).isEmpty();
    }

    @Test
    void refusesAModelFileThatTheArtifactDoesNotHold() {
        InstanceSpec spec = spec("a", send("a model"), Resources.DEFAULT);
        InstanceSpec wrong = new InstanceSpec(
                spec.name(),
                owner,
                spec.artifact(),
                "other.onnx",
                "digits",
                "3",
                spec.hostPort(),
                Resources.DEFAULT,
                Map.of(),
                Map.of());

        assertThatThrownBy(() -> engine.create(wrong))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("other.onnx")
                .hasMessageContaining("model.onnx");
    }

    @Test
    void leavesContainersThatAreNotItsOwnAlone() {
        String name = name("foreign");
        String id = foreignContainer(Instances.containerOf(name));
        try {
            engine.stop(name, Duration.ZERO);
            engine.remove(name);
            assertThat(engine.inspect(name)).isEmpty();
            assertThat(engine.logs(name, 5)).isEmpty();
            assertThatThrownBy(() -> engine.start(name)).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> create("foreign", send("a model"), Resources.DEFAULT))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("not made by this library");

            String present = engine.session()
                    .call(
                            "look",
                            docker -> docker.inspectContainerCmd(id).exec().getId());
            assertThat(present).isEqualTo(id);
        } finally {
            engine.session()
                    .call(
                            "clean up",
                            docker -> docker.removeContainerCmd(id)
                                    .withForce(true)
                                    .exec());
        }
    }

    @Test
    void listsTheInstancesOfOneOwnerOnly() {
        InstanceSpec mine = create("mine", send("a model"), Resources.DEFAULT);

        assertThat(engine.list(owner)).extracting(InstanceStatus::name).containsExactly(mine.name());
        assertThat(engine.list(owner + "-other")).isEmpty();
        assertThat(engine.list("")).isEmpty();
    }

    private InspectContainerResponse inspect(InstanceSpec spec) {
        return engine.session()
                .call(
                        "look",
                        docker -> docker.inspectContainerCmd(Instances.containerOf(spec.name()))
                                .exec());
    }

    private String foreignContainer(String name) {
        return engine.session()
                .call(
                        "make",
                        docker -> docker.createContainerCmd(engineImage())
                                .withName(name)
                                .withCmd("x")
                                .exec()
                                .getId());
    }
}
