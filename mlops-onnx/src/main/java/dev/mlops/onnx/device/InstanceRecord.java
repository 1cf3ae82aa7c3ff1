package dev.mlops.onnx.device;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is kept of an instance on disk, as JSON with a format version; unknown fields are passed over.
 *
 * @param spec what it should be
 * @param started whether it was ever started
 */
record InstanceRecord(InstanceSpec spec, boolean started) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1;

    byte[] toJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", FORMAT)
                .put("started", started)
                .put("name", spec.name())
                .put("owner", spec.owner())
                .put("artifact", spec.artifact().hex())
                .put("modelFile", spec.modelFile())
                .put("modelName", spec.modelName())
                .put("modelVersion", spec.modelVersion())
                .put("hostPort", spec.hostPort());
        root.putObject("resources")
                .put("memoryBytes", spec.resources().memoryBytes())
                .put("cpus", spec.resources().cpus())
                .put("maxProcesses", spec.resources().maxProcesses());
        new TreeMap<>(spec.environment()).forEach(root.putObject("environment")::put);
        new TreeMap<>(spec.labels()).forEach(root.putObject("labels")::put);
        return root.toPrettyString().getBytes(StandardCharsets.UTF_8);
    }

    static InstanceRecord read(Path file) {
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            if (root.path("format").asInt() != FORMAT) {
                throw new IntegrityException(file + " has the format " + root.path("format") + ", not " + FORMAT);
            }
            return new InstanceRecord(spec(root), root.path("started").asBoolean());
        } catch (IOException | InvalidInputException e) {
            throw new IntegrityException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static InstanceSpec spec(JsonNode root) {
        JsonNode resources = root.path("resources");
        return new InstanceSpec(
                root.path("name").asText(),
                root.path("owner").asText(),
                new Sha256(root.path("artifact").asText()),
                root.path("modelFile").asText(),
                root.path("modelName").asText(),
                root.path("modelVersion").asText(),
                root.path("hostPort").asInt(),
                new Resources(
                        resources.path("memoryBytes").asLong(),
                        resources.path("cpus").asDouble(),
                        resources.path("maxProcesses").asInt()),
                texts(root.path("environment")),
                texts(root.path("labels")));
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }
}
