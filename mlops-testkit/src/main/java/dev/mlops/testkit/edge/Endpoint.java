package dev.mlops.testkit.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.edge.Deployment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Where a deployment serves, asked over HTTP as any program on the device would. */
public final class Endpoint {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private static final String ROW =
            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[-1.5,0,2.5,3]}]}";

    private final URI uri;

    private Endpoint(URI uri) {
        this.uri = uri;
    }

    /** The endpoint of a deployment. */
    public static Endpoint of(Deployment deployment) {
        return new Endpoint(deployment.endpoint());
    }

    /** Sends a row and checks that the answer is its Relu, given by the named version of the model. */
    public void assertAnswers(String version) {
        try {
            HttpResponse<String> response = send();
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body().replaceAll("\\s", ""))
                    .contains("\"data\":[0.0,0.0,2.5,3.0]")
                    .contains("\"model_version\":\"" + version + "\"");
        } catch (IOException e) {
            throw new AssertionError(uri + " does not answer", e);
        }
    }

    /** True if an inference is answered. */
    public boolean answers() {
        try {
            return send().statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpResponse<String> send() throws IOException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(ROW))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
