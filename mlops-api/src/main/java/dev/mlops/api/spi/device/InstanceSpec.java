package dev.mlops.api.spi.device;

import dev.mlops.api.content.Sha256;
import java.util.Map;

/**
 * What an instance should be.
 *
 * @param name its name on the device: 1 to 128 characters of {@code [a-zA-Z0-9_.-]}, unique there
 * @param owner who manages it, so that several managers can share a device
 * @param artifact the digest of the model files that it serves
 * @param modelFile the relative path of the model inside the artifact, such as {@code model.onnx}
 * @param modelName the name under which it serves the model, in {@code /v2/models/<name>}
 * @param modelVersion the version that it tells
 * @param hostPort the port on the device's loopback address on which it listens, 1 to 65535
 * @param resources what it may use
 * @param environment environment variables for the runtime
 * @param labels further labels (deployment, revision …) that a listing gives back
 */
public record InstanceSpec(
        String name,
        String owner,
        Sha256 artifact,
        String modelFile,
        String modelName,
        String modelVersion,
        int hostPort,
        Resources resources,
        Map<String, String> environment,
        Map<String, String> labels) {
    /** Copies the maps. */
    public InstanceSpec {
        environment = Map.copyOf(environment);
        labels = Map.copyOf(labels);
    }

    /**
     * Limits of an instance.
     *
     * @param memoryBytes memory, 64 MiB or more
     * @param cpus processors, such as 0.5; more than 0
     * @param maxProcesses processes and threads, 16 or more
     */
    public record Resources(long memoryBytes, double cpus, int maxProcesses) {
        /** 512 MiB, 1 processor, 256 processes and threads. */
        public static final Resources DEFAULT = new Resources(512L << 20, 1, 256);
    }
}
