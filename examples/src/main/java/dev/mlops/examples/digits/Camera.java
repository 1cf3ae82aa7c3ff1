package dev.mlops.examples.digits;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.model.Signature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * A program on a device that has images read by the model deployed there, over HTTP with the Open Inference Protocol v2.
 * It needs nothing of the SDK but the model's signature. Thread-safe.
 */
public final class Camera {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final URI endpoint;
    private final String input;
    private final String labels;

    /** A camera that sends images for a version that is served at an endpoint. */
    public Camera(URI endpoint, ModelVersion version) {
        Signature signature = version.signature();
        if (signature == null) {
            throw new IllegalArgumentException(version + " is no ONNX model");
        }
        this.endpoint = endpoint;
        this.input = signature.inputs().get(0).name();
        this.labels = DigitReader.labels(signature);
    }

    /** Sends an image and returns what the model makes of it. */
    public Reading send(Digit digit) {
        HttpRequest request = HttpRequest.newBuilder(endpoint)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(question(digit)))
                .build();
        HttpResponse<String> response = ask(request);
        if (response.statusCode() != 200) {
            throw new IllegalStateException(
                    "%s answers %d: %s".formatted(endpoint, response.statusCode(), response.body()));
        }
        return Reading.of(labels, scores(response.body()));
    }

    /** The body that {@link #send} posts. */
    public String question(Digit digit) {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode tensor = body.putArray("inputs").addObject();
        tensor.put("name", input).put("datatype", "FP32");
        tensor.putArray("shape").add(1).add(Digit.SIDE * Digit.SIDE);
        for (float value : digit.features()) {
            tensor.withArray("data").add(value);
        }
        return body.toString();
    }

    private HttpResponse<String> ask(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(endpoint + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + endpoint, e);
        }
    }

    private static float[] scores(String answer) {
        try {
            JsonNode data = JSON.readTree(answer).at("/outputs/0/data");
            float[] scores = new float[data.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = (float) data.get(i).asDouble();
            }
            return scores;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not an answer of the Open Inference Protocol: " + answer, e);
        }
    }
}
