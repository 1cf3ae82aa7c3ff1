package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.Clients.floats;
import static dev.mlops.onnx.serving.Clients.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.testing.TestModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The binary tensor data and classification extensions over HTTP. */
@Timeout(60)
class BinaryProtocolTest {
    @RegisterExtension
    final TestServer server = new TestServer()
            .serve("relu", "3", TestModels.relu())
            .serve("pair", "1", TestModels.twoInputs())
            .serve("text", "1", TestModels.identity(ElementType.STRING, "n"))
            .serve("half", "1", TestModels.identity(ElementType.FLOAT16, "n"))
            .serve("flat", "1", TestModels.identity(ElementType.FLOAT, "n"));

    @Test
    void theServerTellsItsExtensions() throws Exception {
        assertThat(server.get("/v2").json().get("extensions"))
                .isEqualTo(Clients.JSON.readTree("[\"binary_tensor_data\", \"classification\"]"));
    }

    @Test
    void tensorsGoBothWaysAsBinaryData() throws Exception {
        String json = """
                {"id": "7", "parameters": {"binary_data_output": true, "mine": 1},
                 "inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "parameters": {"binary_data_size": 16}}]}
                """;

        Clients.Answer answer = server.send(post("relu", json, floats(-1, 2, -3, 4)));

        assertThat(answer.header("content-type")).isEqualTo("application/octet-stream");
        assertThat(answer.json()).isEqualTo(Clients.JSON.readTree("""
                        {"model_name": "relu", "model_version": "3", "id": "7", "parameters": {"mine": 1}, "outputs": [
                         {"name": "y", "datatype": "FP32", "shape": [1, 4], "parameters": {"binary_data_size": 16}}]}
                        """));
        assertThat(answer.binary()).isEqualTo(floats(0, 2, 0, 4));
    }

    @Test
    void eachInputAndOutputMayBeBinaryOrJson() throws Exception {
        String json = """
                {"parameters": {"binary_data_output": true},
                 "outputs": [{"name": "product"}, {"name": "sum", "parameters": {"binary_data": false}}],
                 "inputs": [{"parameters": {"binary_data_size": 8}, "name": "b", "shape": [1, 2], "datatype": "FP32"},
                            {"name": "a", "shape": [1, 2], "datatype": "FP32", "data": [3, 4]}]}
                """;

        Clients.Answer answer = server.send(post("pair", json, floats(5, 6)));

        assertThat(answer.json().at("/outputs/0/name").asText()).isEqualTo("product");
        assertThat(answer.json().at("/outputs/1/data")).hasToString("[8.0,10.0]");
        assertThat(answer.binary()).isEqualTo(floats(15, 24));
    }

    @Test
    void halfFloatsGoOnlyAsBinaryData() throws Exception {
        ByteBuffer half = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) 0x3E00);
        String json = """
                {"inputs": [{"name": "x", "shape": [1], "datatype": "FP16", "parameters": {"binary_data_size": 2}}],
                 "outputs": [{"name": "y", "parameters": {"binary_data": %s}}]}
                """;

        assertThat(server.send(post("half", json.formatted(true), half)).binary())
                .isEqualTo(half);
        server.send(post("half", json.formatted(false), half))
                .expect(400, "'y' of datatype FP16 can only be given as binary");
        server.send(post(
                        "half",
                        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1], \"datatype\": \"FP16\", \"data\": [1]}]}"))
                .expect(400, "must be sent as binary data");
    }

    @Test
    void textsGoAsLengthsAndBytes() throws Exception {
        ByteBuffer texts = ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(2)
                .put(new byte[] {(byte) 0xC3, (byte) 0xBC})
                .putInt(0)
                .flip();
        String json = """
                {"parameters": {"binary_data_output": true}, "inputs": [
                 {"name": "x", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": 10}}]}
                """;

        assertThat(server.send(post("text", json, texts)).binary()).isEqualTo(texts);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 'binary_data_size: must be 0 to'",
        "15, 'is 15, but the shape asks for 16'",
        "17, 'must be 0 to the bytes that are left behind the JSON object, 16'",
        "2147483647, 'must be 0 to the bytes'",
        "9999999999, 'must be 0 to'",
        "1.5, 'must be an integer'",
        "true, 'must be an integer'"
    })
    void aSizeThatLiesIsRefused(String size, String message) throws Exception {
        server.send(post("relu", reluOf(size), floats(1, 2, 3, 4))).expect(400, message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "100000", "x", "", "99999999999999999999"})
    void aHeaderLengthThatLiesIsRefused(String length) throws Exception {
        server.send(post(
                        "relu",
                        "Inference-Header-Content-Length: " + length + "\r\n",
                        reluOf("16").getBytes(StandardCharsets.UTF_8)))
                .expect(400, "Inference-Header-Content-Length");
    }

    @Test
    void dataThatIsMissingLeftOverOrDoubleIsRefused() throws Exception {
        server.send(post("relu", reluOf("16"))).expect(400, "left behind the JSON object, 0");
        server.send(post("relu", reluOf("16"), floats(1, 2, 3, 4, 5)))
                .expect(400, "has 4 bytes of binary data that no input");
        server.send(post("relu", Clients.relu(1), floats(1))).expect(400, "no input claims");
        server.send(post("relu", reluOf("16").replace("\"shape\"", "\"data\": [1], \"shape\""), floats(1, 2, 3, 4)))
                .expect(400, "either data or the parameter binary_data_size");
        server.send(post("relu", "Inference-Header-Content-Length: 0\r\n", new byte[16]))
                .expect(400, "must be an object");
        server.send(post("relu", "{\"parameters\": {\"binary_data_output\": 1}}"))
                .expect(400, "binary_data_output");
        server.send(post("relu", reluOf("0").replace("[1, 4]", "[0, 2147483647]")))
                .expect(400, "dimension 1");
    }

    /** Comparing each name with each other one would take hours. */
    @Test
    void manyOutputsAreRefusedAtOnce() throws Exception {
        String outputs = IntStream.range(0, 600_000)
                .mapToObj(i -> "{\"name\":\"" + i + "\"}")
                .collect(Collectors.joining(",", "{\"outputs\":[", "]}"));

        server.send(post("relu", outputs)).expect(400, "outputs: '0' is not among those of the model, [y]");
    }

    @Test
    void theHighestValuesAreGivenAsClasses() throws Exception {
        String json = """
                {"inputs": [{"name": "x", "shape": [2, 4], "datatype": "FP32", "data": [1, 5, 10, 4, 0, 0.5, 0, 0]}],
                 "outputs": [{"name": "y", "parameters": {"classification": %s}}]}
                """;

        Clients.Answer answer = server.send(post("relu", json.formatted(2)));

        assertThat(answer.json().at("/outputs/0/datatype").asText()).isEqualTo("BYTES");
        assertThat(answer.json().at("/outputs/0/shape")).hasToString("[2,2]");
        assertThat(answer.json().at("/outputs/0/data")).hasToString("[\"10.0:2\",\"5.0:1\",\"0.5:1\",\"0.0:0\"]");
        assertThat(server.send(post("relu", json.formatted(2147483647))).json().at("/outputs/0/shape"))
                .hasToString("[2,4]");
        server.send(post("relu", json.formatted(-1))).expect(400, "classification");
        assertThat(server.send(post("flat", json.formatted(1).replace("[2, 4]", "[8]")))
                        .json()
                        .at("/outputs/0"))
                .hasToString("{\"name\":\"y\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"10.0:2\"]}");
    }

    private static String reluOf(String binarySize) {
        return """
                {"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "parameters": {"binary_data_size": %s}}]}
                """.formatted(binarySize);
    }
}
