package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.onnx.testing.TestModels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in a process of its own, as on a device. */
@Timeout(60)
class ModelServerMainTest {
    private static final int SIGTERM_EXIT = 143;

    @TempDir
    Path directory;

    @Test
    void servesUntilItIsToldToEnd() throws Exception {
        Path model = Files.write(directory.resolve("model.onnx"), TestModels.relu());
        Process process = start("--model", model.toString(), "--name", "digits", "--version", "3", "--port", "0");
        try {
            BufferedReader output = output(process);
            String line = output.readLine();
            assertThat(line)
                    .startsWith("serving digits:3 (x: FLOAT[batch,4]) → (y: FLOAT[batch,4]) on http://127.0.0.1:")
                    .endsWith("/v2/models/digits");
            String endpoint = line.substring(line.indexOf("http://"));

            assertThat(infer(endpoint)).contains("\"data\":[0.0,2.0,0.0,4.0]");
            // Not Process.destroy, which closes the output too.
            process.toHandle().destroy();

            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(SIGTERM_EXIT);
            assertThat(output.lines()).contains("stopped digits:3");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void endsWithOneLineWhenTheModelIsBad() throws Exception {
        Path model = Files.writeString(directory.resolve("bad.onnx"), "no model");

        assertFails("bad.onnx", "--model", model.toString(), "--name", "a", "--version", "1");
        assertFails(
                "absent.onnx", "--model", directory.resolve("absent.onnx").toString(), "--name", "a", "--version", "1");
    }

    @Test
    void endsWithOneLineWhenTheArgumentsAreBad() throws Exception {
        assertFails("--model", "--name", "a");
        assertFails("--colour", "--colour", "red");
        assertFails("--port", "--model", "m", "--name", "a", "--version", "1", "--port", "x");
    }

    @Test
    void tellsNettyNotToWarnOfItselfWhereItWouldAndNobodySaidHow() {
        String property = "io.netty.noUnsafe";
        String before = System.getProperty(property);
        try {
            System.clearProperty(property);
            ModelServerMain.keepQuiet(Runtime.Version.parse("23"));
            assertThat(System.getProperty(property)).isNull();
            ModelServerMain.keepQuiet(Runtime.Version.parse("24"));
            assertThat(System.getProperty(property)).isEqualTo("true");
            System.setProperty(property, "false");
            ModelServerMain.keepQuiet(Runtime.Version.parse("24"));
            assertThat(System.getProperty(property)).isEqualTo("false");
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    private void assertFails(String mentioned, String... arguments) throws Exception {
        Process process = start(arguments);
        try {
            List<String> lines = output(process).lines().toList();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(lines).singleElement().asString().startsWith("error: ").contains(mentioned);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ModelServerMain.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static String infer(String endpoint) throws IOException, InterruptedException {
        String body = """
                {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 4], "data": [-1, 2, -3, 4]}]}
                """;
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + "/infer"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
