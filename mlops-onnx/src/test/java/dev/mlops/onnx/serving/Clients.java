package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Requests as bytes, and a client that sends them as they are. */
final class Clients {
    static final ObjectMapper JSON = new ObjectMapper();

    private Clients() {}

    /** An answer as it came. */
    static final class Answer {
        private final int status;
        private final String headers;
        private final byte[] body;

        Answer(int status, String headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        int status() {
            return status;
        }

        byte[] body() {
            return body;
        }

        JsonNode json() throws IOException {
            return JSON.readTree(body, 0, jsonLength());
        }

        int jsonLength() {
            return header("inference-header-content-length") == null
                    ? body.length
                    : Integer.parseInt(header("inference-header-content-length"));
        }

        ByteBuffer binary() {
            return ByteBuffer.wrap(body, jsonLength(), body.length - jsonLength())
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN);
        }

        String header(String name) {
            return headers.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse(null);
        }

        Answer expect(int wanted, String message) throws IOException {
            String text = new String(body, StandardCharsets.UTF_8);
            assertThat(status).as(text).isEqualTo(wanted);
            assertThat(json().get("error").asText()).contains(message);
            return this;
        }
    }

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer exchange(int port, byte[] request) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(request);
            return answer(socket);
        }
    }

    /** Reads one answer; fails if the connection ends before. */
    static Answer answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended after '" + head + "'");
            }
            head.write(next);
        }
        String headers = head.toString(StandardCharsets.ISO_8859_1);
        Answer found = new Answer(Integer.parseInt(headers.substring(9, 12)), headers, new byte[0]);
        int length = Integer.parseInt(found.header("content-length"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new IOException("the connection ended after '" + headers + "' and " + body.length + " bytes");
        }
        return new Answer(found.status, headers, body);
    }

    static String relu(float first) {
        return "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[" + first + ",0,0,0]}]}";
    }

    /** A request without a body. */
    static byte[] request(String method, String path) {
        return "%s %s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(method, path).getBytes(StandardCharsets.UTF_8);
    }

    static byte[] post(String model, String body) {
        return post(model, "", body.getBytes(StandardCharsets.UTF_8));
    }

    /** With binary data behind the JSON, and the header that tells where it begins. */
    static byte[] post(String model, String json, ByteBuffer binary) {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        byte[] body = ByteBuffer.allocate(head.length + binary.remaining())
                .put(head)
                .put(binary.duplicate())
                .array();
        return post(model, "Inference-Header-Content-Length: " + head.length + "\r\n", body);
    }

    static byte[] post(String model, String header, byte[] body) {
        byte[] head = "POST /v2/models/%s/infer HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s\r\n"
                .formatted(model, body.length, header)
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .array();
    }

    static ByteBuffer floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }
}
