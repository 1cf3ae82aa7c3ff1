package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A server and its models, for one test. */
final class TestServer implements BeforeEachCallback, AfterEachCallback {
    private final List<OnnxModel> models = new ArrayList<>();
    private final InferenceServer.Builder builder = InferenceServer.builder();
    private InferenceServer server;

    TestServer serve(String name, String version, byte[] model) {
        builder.serve(name, version, load(model));
        return this;
    }

    /** Serves as the version of those who name none. */
    TestServer servePreferred(String name, String version, byte[] model) {
        builder.serve(ServedModel.of(name, version, load(model)).preferred());
        return this;
    }

    TestServer with(Consumer<InferenceServer.Builder> settings) {
        settings.accept(builder);
        return this;
    }

    /** Loads a model, to be closed with the server. */
    OnnxModel load(byte[] model) {
        OnnxModel loaded = OnnxModel.load("test.onnx", model, OnnxOptions.DEFAULT);
        models.add(loaded);
        return loaded;
    }

    /** The model that was loaded first. */
    OnnxModel firstModel() {
        return models.get(0);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        server = builder.start();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        server.close();
        models.forEach(OnnxModel::close);
    }

    InferenceServer server() {
        return server;
    }

    int port() {
        return server.port();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    Clients.Answer send(byte[] request) throws IOException {
        return Clients.exchange(port(), request);
    }

    Clients.Answer get(String path) throws IOException {
        return send(Clients.request("GET", path));
    }

    /** What a model makes of a body. */
    JsonNode infer(String model, String body) throws IOException {
        return json(send(Clients.post(model, body)));
    }

    /** The JSON of a good answer. */
    static JsonNode json(Clients.Answer answer) throws IOException {
        assertThat(answer.status())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        return answer.json();
    }
}
