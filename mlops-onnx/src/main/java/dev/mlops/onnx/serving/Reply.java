package dev.mlops.onnx.serving;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a request is answered with. Immutable; the body is to be read only. */
final class Reply {
    static final String JSON_LENGTH = "Inference-Header-Content-Length";

    private static final int MOST_SHOWN = 2_000;

    private final int status;
    private final Map<String, String> headers;
    private final ByteBuffer body;

    private Reply(int status, Map<String, String> headers, ByteBuffer body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** A JSON object. */
    static Reply json(JsonText.Fields fields) {
        return json(JsonText.object(fields).buffer());
    }

    /** A JSON object that is written already. */
    static Reply json(ByteBuffer body) {
        return new Reply(200, Map.of("Content-Type", "application/json"), body);
    }

    /** A JSON object and binary data behind it. */
    static Reply binary(int jsonLength, ByteBuffer body) {
        return new Reply(
                200,
                Map.of("Content-Type", "application/octet-stream", JSON_LENGTH, Integer.toString(jsonLength)),
                body);
    }

    /** An error; a message that is long, as it shows what a client sent, is cut. */
    static Reply error(int status, String message) {
        String shown = message.length() <= MOST_SHOWN ? message : message.substring(0, MOST_SHOWN) + "…";
        Reply text = json(out -> out.writeStringField("error", shown));
        return new Reply(status, status == 503 ? text.with("Retry-After", "1") : text.headers, text.body);
    }

    private Map<String, String> with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return more;
    }

    /** The same, and a header. */
    Reply and(String header, String value) {
        return new Reply(status, with(header, value), body);
    }

    int status() {
        return status;
    }

    boolean isError() {
        return status >= 400;
    }

    /** The headers, but for the length. */
    Map<String, String> headers() {
        return headers;
    }

    ByteBuffer body() {
        return body.duplicate();
    }

    /** The bytes of the body. */
    int length() {
        return body.remaining();
    }

    /** A copy of the body. */
    byte[] bytes() {
        byte[] copy = new byte[body.remaining()];
        body.get(body.position(), copy);
        return copy;
    }

    /** The body of an error. */
    String text() {
        return StandardCharsets.UTF_8.decode(body()).toString();
    }
}
