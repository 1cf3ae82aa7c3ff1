package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The body of an inference request: a JSON object, and behind it the binary data of tensors, one after another. */
final class RequestBody {
    private final byte[] bytes;
    private final int jsonLength;
    private final ByteBuffer binary;

    /**
     * Takes a body apart.
     *
     * @param bytes the body, from the start of the array
     * @param header the header Inference-Header-Content-Length; null if there is none
     */
    RequestBody(byte[] bytes, int length, @Nullable String header) throws ProtocolException {
        this.bytes = bytes;
        this.jsonLength = header == null ? length : jsonLength(header, length);
        this.binary = ByteBuffer.wrap(bytes, jsonLength, length - jsonLength).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int jsonLength(String header, int bodyLength) throws ProtocolException {
        try {
            int length = Integer.parseInt(header.strip());
            if (length >= 0 && length <= bodyLength) {
                return length;
            }
        } catch (NumberFormatException e) {
            // Told below, as what is out of range.
        }
        throw badRequest(
                "Inference-Header-Content-Length", "must be 0 to the length of the body, which is " + bodyLength);
    }

    int length() {
        return binary.limit();
    }

    JsonParser json() throws IOException {
        return Json.MAPPER.getFactory().createParser(bytes, 0, jsonLength);
    }

    /** The JSON again, from a position on that the parser told. */
    JsonParser jsonFrom(long offset) throws IOException {
        return Json.MAPPER.getFactory().createParser(bytes, (int) offset, jsonLength - (int) offset);
    }

    /** The next binary data, in little-endian order. */
    ByteBuffer next(String path, long size) throws ProtocolException {
        if (size < 0 || size > binary.remaining()) {
            throw badRequest(
                    path, "must be 0 to the bytes that are left behind the JSON object, " + binary.remaining());
        }
        ByteBuffer next = binary.slice().order(ByteOrder.LITTLE_ENDIAN).limit((int) size);
        binary.position(binary.position() + (int) size);
        return next;
    }

    void checkAllIsRead() throws ProtocolException {
        if (binary.hasRemaining()) {
            throw badRequest(
                    "request body", "has " + binary.remaining() + " bytes of binary data that no input claims");
        }
    }
}
