package dev.mlops.core.onnx;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads what an ONNX model takes and gives from its file, in plain Java and in one pass: weights are skipped, so memory
 * stays small however large the model is. The layout is that of {@code onnx.proto3} (IR version 10). Thread-safe; no
 * state.
 */
public final class OnnxSignatureReader {
    private static final String FIELD = "ONNX model";

    private OnnxSignatureReader() {}

    /**
     * Reads the signature of a model file.
     *
     * @throws InvalidInputException if the file is missing, empty, truncated or no ONNX model; names it and what is
     *     wrong
     * @throws UnavailableException if the disk cannot be read
     */
    public static Signature read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), in, Files.size(file));
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(FIELD, file, "does not exist", e);
        } catch (IOException e) {
            throw new UnavailableException("cannot read the ONNX model " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads the signature of a model from a stream, to its end; the caller closes it.
     *
     * @param name what the stream is, for messages, such as {@code model.onnx}
     * @throws InvalidInputException if the stream is empty, truncated or no ONNX model
     * @throws UnavailableException if the stream cannot be read
     */
    public static Signature read(String name, InputStream in) {
        try {
            return read(name, in, -1);
        } catch (IOException e) {
            throw new UnavailableException("cannot read the ONNX model " + name + ": " + e.getMessage(), e);
        }
    }

    private static Signature read(String name, InputStream in, long length) throws IOException {
        try {
            WireReader wire = new WireReader(new BufferedInputStream(in), length);
            return new ModelParser(wire).parse();
        } catch (EOFException e) {
            throw new InvalidInputException(FIELD, name, "is truncated", e);
        } catch (MalformedModelException e) {
            throw new InvalidInputException(FIELD, name, e.reason(), e);
        }
    }
}
