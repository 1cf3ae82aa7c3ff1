package dev.mlops.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A client of one served {@link ContractModel}, over HTTP as any caller would reach it. */
final class ServedModel {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final URI base;

    ServedModel(int port, String modelName) {
        base = URI.create("http://127.0.0.1:" + port + "/v2/models/" + modelName);
    }

    boolean isReady() {
        try {
            return send(HttpRequest.newBuilder(URI.create(base + "/ready"))).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    void awaitReady(Duration limit) {
        Eventually.isTrue(base + " is ready", limit, this::isReady);
    }

    /** Sends one row and checks that the answer is its Relu. */
    void assertAnswers() {
        String body = """
                {"id": "a", "inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 4], "data": [-1.5, 0, 2.5, 3]}]}
                """;
        try {
            HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(base + "/infer"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body().replaceAll("\\s", ""))
                    .contains("\"name\":\"y\"")
                    .contains("\"data\":[0.0,0.0,2.5,3.0]");
        } catch (IOException e) {
            throw new AssertionError(base + "/infer did not answer", e);
        }
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return HTTP.send(request.timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
