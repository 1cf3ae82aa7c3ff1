package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.Clients.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class InferenceServerTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 64 * 1024;

    private final List<String> failures = new CopyOnWriteArrayList<>();

    @RegisterExtension
    final TestServer server = new TestServer()
            .serve("relu", "3", TestModels.relu())
            .serve("pair", "1.0", TestModels.twoInputs())
            .serve("pets", "1", TestModels.zipMap("cat", "dog"))
            .serve("text", "1", TestModels.identity(ElementType.STRING, "n"))
            .serve("flags", "1", TestModels.identity(ElementType.BOOL, "n"))
            .serve("small", "1", TestModels.identity(ElementType.UINT8, "n"))
            .serve("long", "1", TestModels.identity(ElementType.INT64, "n"))
            .serve("tall", "1", TestModels.identity(ElementType.FLOAT, "n", "m"))
            .serve("double", "1", TestModels.identity(ElementType.DOUBLE, "n"))
            .with(builder -> builder.limits(ServingLimits.builder()
                            .maxRequestBytes(MOST_BYTES)
                            .concurrency(2)
                            .build())
                    .onFailure(failures::add));

    @Test
    void answersHealthAndMetadata() throws Exception {
        assertThat(get("/v2").get("name").asText()).isEqualTo("mlops-onnx");
        assertThat(get("/v2/health/live").get("live").asBoolean()).isTrue();
        assertThat(get("/v2/health/ready").get("ready").asBoolean()).isTrue();
        assertThat(get("/v2/models/relu/ready").get("ready").asBoolean()).isTrue();
        assertThat(get("/v2/models/relu/versions/3/ready").get("name").asText()).isEqualTo("relu");
        assertThat(get("/v2/models/relu"))
                .isEqualTo(get("/v2/models/relu/versions/3"))
                .isEqualTo(JSON.readTree("""
                        {"name": "relu", "versions": ["3"], "platform": "onnxruntime_onnx",
                         "inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 4]}],
                         "outputs": [{"name": "y", "datatype": "FP32", "shape": [-1, 4]}]}
                        """));
    }

    @Test
    void infersFromFlatAndFromNestedData() throws Exception {
        String flat = """
                {"id": "42", "parameters": {"trace": [1, "a"]},
                 "inputs": [{"name": "x", "datatype": "FP32", "shape": [2, 4], "data": [-1, 0.5, 2, 3, 4, -5, 6, 7]}]}
                """;
        String nested = """
                {"id": "42", "parameters": {"trace": [1, "a"]},
                 "inputs": [{"data": [[-1, 0.5, 2, 3], [4, -5, 6, 7]], "shape": [2, 4], "parameters": {"binary_data": false},
                             "datatype": "FP32", "name": "x"}]}
                """;

        JsonNode answer = server.infer("relu", flat);

        assertThat(answer).isEqualTo(JSON.readTree("""
                        {"model_name": "relu", "model_version": "3", "id": "42", "parameters": {"trace": [1, "a"]},
                         "outputs": [{"name": "y", "datatype": "FP32", "shape": [2, 4],
                                      "data": [0.0, 0.5, 2.0, 3.0, 4.0, 0.0, 6.0, 7.0]}]}
                        """));
        assertThat(server.infer("relu", nested)).isEqualTo(answer);
        assertThat(server.infer("relu/versions/3", flat)).isEqualTo(answer);
    }

    @Test
    void givesOnlyTheOutputsThatAreAskedFor() throws Exception {
        JsonNode answer = server.infer("pair", """
                {"inputs": [{"name": "a", "datatype": "FP32", "shape": [1, 1], "data": [6]},
                            {"name": "b", "datatype": "FP32", "shape": [1, 1], "data": [7]}],
                 "outputs": [{"name": "product", "parameters": {"binary_data": false}}]}
                """);

        assertThat(answer.get("outputs")).hasSize(1);
        assertThat(answer.at("/outputs/0/data/0").asInt()).isEqualTo(42);
    }

    @Test
    void writesScoresByLabelAsJsonTexts() throws Exception {
        JsonNode answer = server.infer("pets", request("FP32", "[1, 2]", "[0.25, 0.75]"));

        JsonNode output = answer.at("/outputs/0");
        assertThat(output.get("datatype").asText()).isEqualTo("BYTES");
        assertThat(JSON.readTree(output.at("/data/0").asText()))
                .isEqualTo(JSON.readTree("{\"cat\": 0.25, \"dog\": 0.75}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text | BYTES | ['a', 'größe']",
                "flags | BOOL | [true, false]",
                "small | UINT8 | [0, 255]",
                "long | INT64 | [-9223372036854775808, 9223372036854775807]",
                "double | FP64 | [1.0E300, -0.1]"
            })
    void carriesEveryDatatype(String model, String datatype, String data) throws Exception {
        String json = data.replace('\'', '"');

        JsonNode answer = server.infer(model, request(datatype, "[2]", json));

        assertThat(answer.at("/outputs/0/datatype").asText()).isEqualTo(datatype);
        assertThat(answer.at("/outputs/0/data")).isEqualTo(JSON.readTree(json));
    }

    @ParameterizedTest
    @CsvSource({"FP32,1e400", "FP32,1e39", "FP32,'\"1\"'", "FP32,NaN", "FP32,null", "FP32,true", "FP32,{}"})
    void refusesWhatIsNoFloat(String datatype, String element) throws Exception {
        assertError(400, "relu", request(datatype, "[1, 4]", "[0, 0, 0, " + element + "]"), "");
    }

    @Test
    void namesTheFieldThatIsWrong() throws Exception {
        assertError(400, "relu", request("FP32", "[1, 4]", "[1, 2, 3, \"x\"]"), "inputs[0].data[3]: must be a number");
        assertError(400, "relu", request("FP32", "[1, 4]", "[1, 2, 3, 1e300]"), "inputs[0].data[3]: is out of range");
        assertError(400, "relu", request("FP32", "[1, 4]", "[1, 2, 3]"), "has 3 elements, its shape asks for 4");
        assertError(400, "relu", request("FP32", "[1, 4]", "[1, 2, 3, 4, 5]"), "more elements");
        assertError(400, "relu", request("FP32", "[2, 2]", "[[1, 2, 3], [4]]"), "is nested otherwise");
        assertError(400, "relu", request("FP32", "[2, 2]", "[[1, 2], 3, 4]"), "must not mix");
        assertError(400, "relu", request("FP32", "[1, 4]", "7"), "inputs[0].data: must be an array");
        assertError(400, "relu", request("FP99", "[1, 4]", "[1]"), "inputs[0].datatype");
        assertError(400, "relu", request("FP32", "[-1]", "[1]"), "inputs[0].shape[0]");
        assertError(400, "relu", request("FP32", "[1.5]", "[1]"), "inputs[0].shape[0]: must be an integer");
        assertError(400, "relu", request("FP32", "[99999999999999999999]", "[1]"), "inputs[0].shape[0]");
        assertError(400, "relu", request("FP32", "[2147483647, 2147483647]", "[1]"), "more elements than a body");
        assertError(400, "relu", request("FP32", "[1, 3]", "[1, 2, 3]"), "dimension 1 is 3, not 4");
        assertError(400, "relu", request("FP64", "[1, 4]", "[1, 2, 3, 4]"), "element type DOUBLE");
        assertError(400, "small", request("UINT8", "[1]", "[256]"), "inputs[0].data[0]: must be 0 to 255");
        assertError(
                400, "long", request("INT64", "[1]", "[9223372036854775808]"), "inputs[0].data[0]: is out of range");
        assertError(400, "long", request("INT64", "[1]", "[1.5]"), "must be an integer");
        assertError(400, "flags", request("BOOL", "[1]", "[2]"), "inputs[0].data[0]");
        assertError(400, "text", request("BYTES", "[1]", "[1]"), "inputs[0].data[0]: must be a text");
        assertError(400, "text", request("BYTES", "[1]", "[\"\\u0000\"]"), "string element 0");
    }

    @Test
    void refusesBodiesThatAreNoRequest() throws Exception {
        assertError(400, "relu", "", "must be an object");
        assertError(400, "relu", "[]", "must be an object");
        assertError(400, "relu", "{", "no valid JSON");
        assertError(400, "relu", "{\"id\": 1}", "id: must be a text");
        assertError(400, "relu", "{} {}", "nothing after");
        assertError(400, "relu", "{}", "lack 'x'");
        assertError(400, "relu", "{\"inputs\": {}}", "inputs: must be an array");
        assertError(400, "relu", "{\"inputs\": [1]}", "inputs[0]: must be an object");
        assertError(400, "relu", "{\"inputs\": [{\"name\": \"x\"}]}", "inputs[0]: must have name, datatype, shape");
        assertError(400, "relu", "{\"id\": \"a\", \"id\": \"b\"}", "Duplicate");
        assertError(400, "relu", "{\"outputs\": [{}]}", "outputs[0]: must have a name");
        assertError(400, "relu", "{\"x\":".repeat(5_000), "no valid JSON");
        assertError(400, "relu", request("FP32", "[4]", "[".repeat(5_000)), "no valid JSON");
        assertError(400, "relu", request("FP32", "[1]", "[" + "9".repeat(5_000) + "]"), "no valid JSON");
        String x = "{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 4], \"data\": [1, 2, 3, 4]}";
        assertError(400, "relu", "{\"inputs\": [" + x + ", " + x + "]}", "'x' is given twice");
        assertError(
                400, "relu", "{\"inputs\": [" + x + "], \"outputs\": [{\"name\": \"z\"}]}", "among those of the model");
        assertThat(failures).isNotEmpty().allMatch(line -> line.startsWith("POST /v2/models/relu/infer: 400 "));
    }

    @Test
    void takesNullForAFieldThatIsNotGiven() throws Exception {
        JsonNode answer = server.infer("relu", """
                {"id": null, "parameters": null, "outputs": null, "inputs": [
                 {"name": "x", "datatype": "FP32", "shape": [1, 4], "parameters": null, "data": [1, 2, 3, 4]}]}
                """);

        assertThat(answer.has("id")).isFalse();
        assertThat(answer.at("/outputs/0/data")).hasToString("[1.0,2.0,3.0,4.0]");
        assertError(400, "relu", request("FP32", "[1, 4]", "null"), "inputs[0]: must have name, datatype, shape");
    }

    @Test
    void takesTensorsOfNoElementsWhateverTheirOtherDimensions() throws Exception {
        assertError(400, "relu", request("FP32", "[2147483647, 2147483647, 0]", "[]"), "");
        assertThat(server.infer("tall", request("FP32", "[100000, 0]", "[]")).at("/outputs/0/shape"))
                .hasToString("[100000,0]");
    }

    @Test
    void showsNoMoreThanAPartOfWhatIsWrong() throws Exception {
        String name = "a".repeat(20_000);
        String twice = "{\"outputs\": [{\"name\": \"%1$s\"}, {\"name\": \"%1$s\"}]}".formatted(name);

        Clients.Answer answer = server.send(post("relu", twice)).expect(400, "outputs[1].name: 'aaa");

        assertThat(answer.body()).hasSizeLessThan(3_000);
    }

    @Test
    void refusesBodiesThatAreTooLong() throws Exception {
        assertError(413, "relu", " ".repeat(MOST_BYTES + 1), "longer than " + MOST_BYTES);
    }

    @Test
    void refusesEncodings() throws Exception {
        server.send(post("relu", "Content-Encoding: gzip\r\n", new byte[2])).expect(415, "Content-Encoding");
    }

    @Test
    void answersUnknownPathsModelsVersionsAndMethods() throws Exception {
        for (String path :
                List.of("/", "/v1", "/v2/", "/v2/health", "/v2/models", "/v2/models/relu/nothing", "/%2e%2e")) {
            assertThat(server.get(path).status()).as(path).isEqualTo(path.equals("/v2/") ? 200 : 404);
        }
        server.get("/v2/models/absent").expect(404, "'absent' is not served here");
        server.get("/v2/models/relu/versions/9").expect(404, "'9'");
        server.get("/v2/models/absent/ready").expect(404, "absent");
        server.get("/v2/models/relu/infer").expect(405, "only POST");
        server.send(Clients.request("POST", "/v2/models/relu")).expect(405, "only GET");
        server.send(Clients.request("DELETE", "/v2/health/live")).expect(405, "only GET");
        server.get("/v2%0aforged").expect(404, "nothing is served at");
        assertThat(failures).contains("GET /v2?forged: 404 {\"error\":\"nothing is served at /v2\\nforged\"}");
    }

    @Test
    void answersManyClientsAtOnce() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(HTTP.sendAsync(
                    inference("relu", request("FP32", "[1, 4]", "[-1, 0, 1, " + i + "]")),
                    HttpResponse.BodyHandlers.ofString()));
        }
        for (int i = 0; i < answers.size(); i++) {
            HttpResponse<String> answer = answers.get(i).get();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(JSON.readTree(answer.body()).at("/outputs/0/data/3").asInt())
                    .isEqualTo(i);
        }
    }

    @Test
    void turnsAwayWhatIsTooMuchAtOnce() throws Exception {
        try (OnnxModel slow = OnnxModel.load(
                        "slow",
                        TestModels.slow(),
                        OnnxOptions.builder()
                                .intraOpThreads(1)
                                .closeGrace(Duration.ZERO)
                                .build());
                InferenceServer narrow = InferenceServer.builder()
                        .serve("slow", "1", slow)
                        .limits(ServingLimits.builder()
                                .concurrency(1)
                                .queueTimeout(Duration.ofMillis(10))
                                .build())
                        .grace(Duration.ZERO)
                        .start()) {
            String body = "{\"inputs\": [{\"name\": \"v0\", \"datatype\": \"FP32\", \"shape\": [600, 600], \"data\": ["
                    + "0,".repeat(600 * 600 - 1) + "0]}]}";
            HttpRequest request = HttpRequest.newBuilder(URI.create(narrow.endpoint("slow") + "/infer"))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            }
            HttpResponse<?> first = (HttpResponse<?>) CompletableFuture.anyOf(answers.toArray(CompletableFuture[]::new))
                    .get();

            assertThat(first.statusCode()).isEqualTo(503);
            assertThat(first.headers().firstValue("Retry-After")).contains("1");
            assertThat(Clients.exchange(narrow.port(), Clients.request("GET", "/v2/health/live"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void answersRequestsThatGoOnWhenItIsClosed() throws Exception {
        CompletableFuture<HttpResponse<String>> answer;
        try (OnnxModel slow = OnnxModel.load(
                        "slow",
                        TestModels.slow(),
                        OnnxOptions.builder().intraOpThreads(1).build());
                InferenceServer closing = InferenceServer.builder()
                        .serve("slow", "1", slow)
                        .grace(Duration.ofSeconds(40))
                        .start()) {
            String body = "{\"inputs\": [{\"name\": \"v0\", \"datatype\": \"FP32\", \"shape\": [200, 200], \"data\": ["
                    + "0,".repeat(200 * 200 - 1) + "0]}]}";
            answer = HTTP.sendAsync(
                    HttpRequest.newBuilder(URI.create(closing.endpoint("slow") + "/infer"))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            while (closing.active() == 0) {
                assertThat(answer.isDone()).isFalse();
                Thread.sleep(1);
            }
            Thread.sleep(50);
        }
        HttpResponse<String> response = answer.get();
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @Test
    void refusesToServeOneVersionTwiceOrOnATakenPort() {
        OnnxModel model = server.firstModel();

        assertThatThrownBy(
                        () -> InferenceServer.builder().serve("a", "1", model).serve("a", "1", model))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("a:1");
        assertThatThrownBy(() -> InferenceServer.builder()
                        .serve("a", "1", model)
                        .port(server.port())
                        .start())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining(Integer.toString(server.port()));
        assertThatThrownBy(() -> InferenceServer.builder().start()).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> InferenceServer.builder().serve("a/b", "1", model))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void answersNothingOnceItIsClosed() {
        server.server().close();
        server.server().close();

        assertThatThrownBy(() -> server.get("/v2/health/live")).isInstanceOf(IOException.class);
    }

    @Test
    void saysThatTheModelIsClosed() throws Exception {
        server.firstModel().close();

        assertError(503, "relu", request("FP32", "[1, 4]", "[1, 2, 3, 4]"), "closed");
    }

    private static String request(String datatype, String shape, String data) {
        return "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"%s\", \"shape\": %s, \"data\": %s}]}"
                .formatted(datatype, shape, data);
    }

    private JsonNode get(String path) throws IOException {
        return TestServer.json(server.get(path));
    }

    private void assertError(int status, String model, String body, String message) throws IOException {
        server.send(post(model, body)).expect(status, message);
    }

    private HttpRequest inference(String model, String body) {
        return HttpRequest.newBuilder(server.uri("/v2/models/" + model + "/infer"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
