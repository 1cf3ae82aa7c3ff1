package dev.mlops.edge.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a model volume holds. It is written as the file {@code .complete}, after everything else was read back and
 * hashed: a volume without it is garbage.
 *
 * @param digest the digest of the artifact
 * @param files the digest of each file, by path
 */
record Manifest(String digest, Map<String, String> files) {
    static final String FILE = ".complete";
    /** A manifest of about 50,000 files; more is no model. */
    static final int MAX_BYTES = 16 << 20;

    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    static Manifest of(ModelArtifact artifact) {
        return new Manifest(
                artifact.digest().hex(),
                artifact.files().stream()
                        .collect(Collectors.toMap(
                                ModelArtifact.File::path, file -> file.sha256().hex(), (a, b) -> a, TreeMap::new)));
    }

    byte[] toJson() {
        ObjectNode json = JSON.createObjectNode().put("format", FORMAT).put("digest", digest);
        ArrayNode list = json.putArray("files");
        files.forEach((path, sha256) -> list.addObject().put("path", path).put("sha256", sha256));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings always become JSON", e);
        }
    }

    /** Empty when this is no manifest of a known format: the volume is then as good as unfinished. */
    static Optional<Manifest> fromJson(byte[] bytes) {
        try {
            JsonNode json = JSON.readTree(bytes);
            if (json.path("format").asInt() != FORMAT) {
                return Optional.empty();
            }
            Map<String, String> files = new TreeMap<>();
            json.path("files")
                    .forEach(file -> files.put(
                            file.path("path").asText(), file.path("sha256").asText()));
            return Optional.of(new Manifest(json.path("digest").asText(), files));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
