package dev.mlops.examples.quickstart;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.EdgeDeployer;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.project.Project;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.api.spi.device.ModelArtifact;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.edge.deploy.ReconcilingEdgeDeployer;
import dev.mlops.edge.docker.DockerEngine;
import dev.mlops.onnx.device.InProcessEngine;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Where the story deploys to: a Docker Engine that can run models, or else this process. Thread-safe. */
public final class EdgeSite implements AutoCloseable {
    private static final String DEVICE = "camera-";

    private final DeviceEngine engine;
    private final String description;
    private final boolean outlivesProcess;

    private EdgeSite(DeviceEngine engine, String description, boolean outlivesProcess) {
        this.engine = engine;
        this.description = description;
        this.outlivesProcess = outlivesProcess;
    }

    /**
     * Deploys into this process.
     *
     * @param directory where the engine keeps model files
     */
    public static EdgeSite inProcess(Path directory) {
        return inProcess(directory, "Its models are served by this process");
    }

    private static EdgeSite inProcess(Path directory, String description) {
        return new EdgeSite(InProcessEngine.open(directory), description, false);
    }

    /**
     * Deploys to containers of a Docker Engine if it answers and has the runtime image, else into this process.
     *
     * @param address where it should be, in the forms of {@code DOCKER_HOST}
     * @param directory where the engine in this process keeps model files
     */
    public static EdgeSite dockerIfThere(URI address, Path directory) {
        DockerEngine docker = DockerEngine.fromUri(address);
        try {
            rehearse(docker);
            return new EdgeSite(docker, "Its models run in sandboxed containers of " + docker.describe(), true);
        } catch (MlopsException e) {
            docker.close();
            return inProcess(
                    directory,
                    "Its models are served by this process, since no container can be made: " + e.getMessage());
        }
    }

    /** Brings one small file to the device and takes it away, which needs all that a deployment needs. */
    private static void rehearse(DeviceEngine engine) {
        byte[] bytes = "rehearsal".getBytes(StandardCharsets.US_ASCII);
        Sha256 digest = Sha256.of(bytes);
        ModelArtifact artifact = new ModelArtifact(
                digest, List.of(new ModelArtifact.File("rehearsal.txt", digest, ObjectBody.of(bytes))));
        engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation());
        engine.removeArtifact(artifact);
    }

    /** A deployer for a project. */
    EdgeDeployer deployer(Project project) {
        return ReconcilingEdgeDeployer.of(project, engine);
    }

    /** The first of camera-1, camera-2 … that is new or was reached by this engine before. */
    Device device(EdgeDeployer edge) {
        List<Device> known = edge.devices().toList();
        for (int number = 1; ; number++) {
            String name = DEVICE + number;
            boolean elsewhere = known.stream()
                    .anyMatch(device ->
                            device.name().equals(name) && !device.address().equals(engine.describe()));
            if (!elsewhere) {
                return edge.register(name);
            }
        }
    }

    /** What the site is, as a sentence about a device. */
    String description() {
        return description;
    }

    /** True if deployments go on when this program ends. */
    boolean outlivesProcess() {
        return outlivesProcess;
    }

    @Override
    public void close() {
        engine.close();
    }
}
