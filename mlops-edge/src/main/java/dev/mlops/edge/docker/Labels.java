package dev.mlops.edge.docker;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.spi.device.InstanceSpec;
import java.util.Map;
import java.util.TreeMap;

/** The labels by which this library knows what is its own on an engine. */
final class Labels {
    /** The owner of an instance. */
    static final String OWNER = "dev.mlops.edge.owner";

    /** The name of an instance; only containers with this label are instances. */
    static final String INSTANCE = "dev.mlops.edge.instance";

    /** The digest of the model that an instance serves. */
    static final String DIGEST = "dev.mlops.edge.digest";

    /** What an instance was made from, see {@link SpecHash}. */
    static final String SPEC_HASH = "dev.mlops.edge.spec-hash";

    /** The port of an instance on the device's loopback address. */
    static final String PORT = "dev.mlops.edge.port";

    /** On a volume: the digest of the model that it holds or will hold. */
    static final String VOLUME = "dev.mlops.edge.volume";

    /** On a container that never runs and only gives access to a volume: the digest of the model. */
    static final String HELPER = "dev.mlops.edge.helper";

    /** On a helper: the process that made it. */
    static final String HOLDER = "dev.mlops.edge.holder";

    private Labels() {}

    /** The labels of an instance: ours, and those of the spec, which may not be ours. */
    static Map<String, String> of(InstanceSpec spec, String specHash) {
        Map<String, String> labels = new TreeMap<>(Map.of(
                OWNER, spec.owner(),
                INSTANCE, spec.name(),
                DIGEST, spec.artifact().hex(),
                SPEC_HASH, specHash,
                PORT, Integer.toString(spec.hostPort())));
        spec.labels().forEach((key, value) -> {
            String ours = labels.putIfAbsent(key, value);
            if (ours != null && !ours.equals(value)) {
                throw new InvalidInputException("label " + key, value, "is set by the engine to '" + ours + "'");
            }
        });
        return labels;
    }
}
