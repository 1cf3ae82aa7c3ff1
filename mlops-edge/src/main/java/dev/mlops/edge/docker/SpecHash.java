package dev.mlops.edge.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.spi.device.InstanceSpec;
import java.util.List;
import java.util.TreeMap;

/** The identity of what a container was made from: equal specs have equal hashes, in every process and version. */
final class SpecHash {
    /** To be raised when the sandbox around the same spec changes, so that old containers are replaced. */
    private static final int SANDBOX = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    private SpecHash() {}

    static String of(InstanceSpec spec, String publishAddress) {
        List<Object> parts = List.of(
                SANDBOX,
                publishAddress,
                spec.name(),
                spec.owner(),
                spec.artifact().hex(),
                spec.modelFile(),
                spec.modelName(),
                spec.modelVersion(),
                spec.hostPort(),
                spec.resources().memoryBytes(),
                spec.resources().cpus(),
                spec.resources().maxProcesses(),
                new TreeMap<>(spec.environment()),
                new TreeMap<>(spec.labels()));
        try {
            return Sha256.of(JSON.writeValueAsBytes(parts)).hex();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and numbers always become JSON", e);
        }
    }
}
