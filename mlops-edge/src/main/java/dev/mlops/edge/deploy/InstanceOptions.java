package dev.mlops.edge.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.edge.DeployOptions;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@link DeployOptions} that an instance is made again from. It is stored as the message of a deployment's
 * first step, so that any process can make the instance again; readers are shown {@link #toString()} instead.
 */
record InstanceOptions(
        Resources resources,
        Map<String, String> environment,
        Duration readyTimeout,
        @Nullable String probe) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1;

    InstanceOptions {
        environment = Map.copyOf(environment);
    }

    static InstanceOptions of(DeployOptions options) {
        return new InstanceOptions(
                options.resources(),
                options.environment(),
                options.readyTimeout(),
                options.probe().orElse(null));
    }

    Optional<String> probeBody() {
        return Optional.ofNullable(probe);
    }

    /** True if an instance made with these is the same as one made with the others. */
    boolean makesTheSameAs(InstanceOptions other) {
        return resources.equals(other.resources) && environment.equals(other.environment);
    }

    String toJson() {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("memoryBytes", resources.memoryBytes())
                .put("cpus", resources.cpus())
                .put("maxProcesses", resources.maxProcesses())
                .put("readyTimeoutMillis", readyTimeout.toMillis());
        ObjectNode variables = json.putObject("environment");
        new TreeMap<>(environment).forEach(variables::put);
        if (probe != null) {
            json.put("probe", probe);
        }
        return json.toString();
    }

    static InstanceOptions parse(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            if (json.path("format").asInt() != FORMAT) {
                throw new IntegrityException("options of a deployment are of no known format: " + text);
            }
            Map<String, String> environment = new TreeMap<>();
            json.path("environment")
                    .properties()
                    .forEach(field ->
                            environment.put(field.getKey(), field.getValue().asText()));
            Resources resources = new Resources(
                    json.path("memoryBytes").asLong(),
                    json.path("cpus").asDouble(),
                    json.path("maxProcesses").asInt());
            Duration timeout = Duration.ofMillis(json.path("readyTimeoutMillis").asLong());
            return new InstanceOptions(
                    resources, environment, timeout, json.path("probe").textValue());
        } catch (JsonProcessingException e) {
            throw new IntegrityException("options of a deployment cannot be read: " + text, e);
        }
    }

    /** For people; the values of environment variables may be secret and are left out. */
    @Override
    public String toString() {
        String variables =
                environment.isEmpty() ? "" : ", environment " + String.join(" ", new TreeMap<>(environment).keySet());
        return "%d MiB, %s processors, %d processes, ready within %d ms%s"
                .formatted(
                        resources.memoryBytes() >> 20,
                        resources.cpus(),
                        resources.maxProcesses(),
                        readyTimeout.toMillis(),
                        variables);
    }
}
