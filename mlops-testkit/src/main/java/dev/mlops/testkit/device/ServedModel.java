package dev.mlops.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client of one served {@link ContractModel}, over HTTP as any caller would reach it. */
final class ServedModel {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final int port;
    private final String path;

    ServedModel(int port, String modelName) {
        this.port = port;
        this.path = "/v2/models/" + modelName;
    }

    boolean isReady() {
        try {
            return send("GET", path + "/ready", "").startsWith("HTTP/1.1 200 ");
        } catch (IOException e) {
            return false;
        }
    }

    void awaitReady(Duration limit) {
        Eventually.isTrue("ready at port " + port + path, limit, this::isReady);
    }

    /** Sends one row and checks that the answer is its Relu. */
    void assertAnswers() {
        String body = """
                {"id": "a", "inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 4], "data": [-1.5, 0, 2.5, 3]}]}
                """;
        try {
            assertThat(send("POST", path + "/infer", body).replaceAll("\\s", ""))
                    .startsWith("HTTP/1.1200")
                    .contains("\"name\":\"y\"")
                    .contains("\"data\":[0.0,0.0,2.5,3.0]");
        } catch (IOException e) {
            throw new AssertionError("no answer from port " + port + path, e);
        }
    }

    /** One request on a connection of its own, by hand, so that the suite brings no HTTP client to its users. */
    private String send(String method, String target, String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head =
                "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(method, target, content.length);
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(content);
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
