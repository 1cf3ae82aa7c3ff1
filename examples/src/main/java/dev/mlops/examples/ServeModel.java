package dev.mlops.examples;

import dev.mlops.examples.digits.Digit;
import dev.mlops.examples.digits.DigitModel;
import dev.mlops.examples.digits.DigitTrainer;
import dev.mlops.examples.digits.Digits;
import dev.mlops.examples.digits.Recipe;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.serving.InferenceServer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Serves a model over the Open Inference Protocol, the rows of all clients in batches: {@code ServeModel [--port 8080]}
 * until it is stopped, {@code ServeModel once} for one request of each kind.
 */
public final class ServeModel {
    private static final int TRAINED_ON = 1_400;
    private static final Recipe RECIPE = new Recipe("softmax", Recipe.Kind.SOFTMAX, 0.5, 5, 1);

    private ServeModel() {}

    /** Runs it. */
    public static void main(String[] args) {
        Programs.run(out -> {
            Arguments arguments = Arguments.parse(args, "--port");
            if (arguments.first().filter("once"::equals).isPresent()) {
                run(out);
            } else {
                serve(Integer.parseInt(arguments.option("--port").orElse("8080")), ServeModel::untilStopped, out);
            }
        });
    }

    /** Serves on any port, and asks for a digit in JSON and in binary. */
    static Outcome run(PrintStream out) {
        return serve(0, (server, model, digit) -> ask(server.endpoint("digits"), model, digit, out), out);
    }

    /** What is done while a model is served. */
    private interface Use {
        Outcome of(InferenceServer server, OnnxModel model, Digit digit);
    }

    private static Outcome serve(int port, Use use, PrintStream out) {
        List<Digit> digits = Digits.all();
        byte[] trained = new DigitTrainer(digits.subList(0, TRAINED_ON))
                .train(RECIPE, RECIPE.epochs())
                .onnx();
        Digit digit = digits.get(TRAINED_ON);
        try (OnnxModel model = OnnxModel.load(
                        "digits",
                        trained,
                        OnnxOptions.builder().intraOpThreads(1).build());
                BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT);
                InferenceServer server = InferenceServer.builder()
                        .serve("digits", "1", batching)
                        .port(port)
                        .start()) {
            tell(server.endpoint("digits"), model, digit, out);
            return use.of(server, model, digit);
        }
    }

    private static void tell(URI endpoint, OnnxModel model, Digit digit, PrintStream out) {
        Path request = write(Programs.temporaryDirectory().resolve("digit.bin"), binary(model, digit));
        out.println(digit.art());
        out.printf("%ncurl %s%n", endpoint);
        out.printf("curl %s/infer -d '%s'%n", endpoint, json(model, digit));
        out.printf(
                "curl %s/infer -H 'Inference-Header-Content-Length: %d' --data-binary @%s --output answer.bin%n%n",
                endpoint, head(model).length, request);
    }

    private static Outcome untilStopped(InferenceServer server, OnnxModel model, Digit digit) {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Outcome(digit.label(), List.of());
    }

    private static Outcome ask(URI endpoint, OnnxModel model, Digit digit, PrintStream out) {
        String text = new String(
                send(endpoint, "", json(model, digit).getBytes(StandardCharsets.UTF_8))
                        .body(),
                StandardCharsets.UTF_8);
        out.println(text);
        float[] scores = scores(send(endpoint, Integer.toString(head(model).length), binary(model, digit)));
        out.println("in binary: " + Arrays.toString(scores));

        List<String> labels = labels(model);
        // The first class is "score:index".
        String best = text.substring(text.indexOf("\"data\":[\"")).split("[:\"]", -1)[5];
        return new Outcome(digit.label(), List.of(labels.get(Integer.parseInt(best)), labels.get(highest(scores))));
    }

    private static List<String> labels(OnnxModel model) {
        return List.of(String.valueOf(model.signature().metadata().get(DigitModel.LABELS))
                .split(",", -1));
    }

    private static int highest(float[] scores) {
        int highest = 0;
        for (int i = 1; i < scores.length; i++) {
            highest = scores[i] > scores[highest] ? i : highest;
        }
        return highest;
    }

    /** The three best classes, as texts. */
    private static String json(OnnxModel model, Digit digit) {
        return """
                {"inputs": [{"name": "%s", "datatype": "FP32", "shape": [1, 64], "data": %s}], \
                "outputs": [{"name": "%s", "parameters": {"classification": 3}}]}""".formatted(input(model), Arrays.toString(digit.features()), output(model));
    }

    /** All scores, in binary both ways. */
    private static byte[] head(OnnxModel model) {
        return """
                {"parameters": {"binary_data_output": true}, "inputs": [{"name": "%s", "datatype": "FP32", \
                "shape": [1, 64], "parameters": {"binary_data_size": 256}}]}""".formatted(input(model)).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] binary(OnnxModel model, Digit digit) {
        byte[] head = head(model);
        ByteBuffer request = ByteBuffer.allocate(head.length + 256).order(ByteOrder.LITTLE_ENDIAN);
        request.put(head);
        request.asFloatBuffer().put(digit.features());
        return request.array();
    }

    private static float[] scores(HttpResponse<byte[]> answer) {
        int start = Integer.parseInt(
                answer.headers().firstValue("Inference-Header-Content-Length").orElseThrow());
        float[] scores = new float[(answer.body().length - start) / Float.BYTES];
        ByteBuffer.wrap(answer.body(), start, answer.body().length - start)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(scores);
        return scores;
    }

    private static String input(OnnxModel model) {
        return model.signature().inputs().get(0).name();
    }

    private static String output(OnnxModel model) {
        return model.signature().outputs().get(0).name();
    }

    /**
     * Sends a request.
     *
     * @param jsonLength where the binary data begins; empty if there is none
     */
    private static HttpResponse<byte[]> send(URI endpoint, String jsonLength, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + "/infer"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (!jsonLength.isEmpty()) {
            request.header("Inference-Header-Content-Length", jsonLength);
        }
        try {
            return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an answer", e);
        }
    }

    private static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What came of it.
     *
     * @param label what the digit is
     * @param read what the model took it for, in each answer
     */
    record Outcome(int label, List<String> read) {}
}
