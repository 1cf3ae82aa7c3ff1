package dev.mlops.edge.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.mlops.api.spi.device.InstanceSpec;
import java.util.List;
import java.util.Map;

/** How a model server is shut in: no privileges, no writable file but a small /tmp, bounded in everything it can use. */
final class Sandbox {
    private static final ExposedPort SERVER_PORT = ExposedPort.tcp(8080);
    /** The user that distroless images call nonroot. */
    private static final String NOBODY = "65532:65532";
    /** A hint only: the deployer has its own restart loop, and an engine that was killed does not restart. */
    private static final int RESTARTS = 3;

    private Sandbox() {}

    static CreateContainerCmd apply(CreateContainerCmd create, InstanceSpec spec, String publishAddress) {
        return create.withUser(NOBODY)
                .withCmd(command(spec))
                .withEnv(environment(spec))
                .withExposedPorts(SERVER_PORT)
                .withHostConfig(hostConfig(spec, publishAddress));
    }

    private static List<String> command(InstanceSpec spec) {
        return List.of(
                "--model", Helpers.MODELS + "/" + spec.modelFile(),
                "--name", spec.modelName(),
                "--version", spec.modelVersion(),
                "--host", "0.0.0.0",
                "--port", Integer.toString(SERVER_PORT.getPort()));
    }

    private static List<String> environment(InstanceSpec spec) {
        return spec.environment().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .sorted()
                .toList();
    }

    private static HostConfig hostConfig(InstanceSpec spec, String publishAddress) {
        InstanceSpec.Resources limits = spec.resources();
        return HostConfig.newHostConfig()
                .withMounts(List.of(Helpers.mount(spec.artifact()).withReadOnly(true)))
                .withReadonlyRootfs(true)
                .withTmpFs(Map.of("/tmp", "rw,noexec,nosuid,nodev,size=64m,mode=1777"))
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withMemory(limits.memoryBytes())
                .withMemorySwap(limits.memoryBytes())
                .withNanoCPUs(Math.round(limits.cpus() * 1e9))
                .withPidsLimit((long) limits.maxProcesses())
                .withLogConfig(
                        new LogConfig(LogConfig.LoggingType.JSON_FILE, Map.of("max-size", "5m", "max-file", "2")))
                .withRestartPolicy(RestartPolicy.onFailureRestart(RESTARTS))
                .withPortBindings(
                        new PortBinding(Ports.Binding.bindIpAndPort(publishAddress, spec.hostPort()), SERVER_PORT));
    }
}
