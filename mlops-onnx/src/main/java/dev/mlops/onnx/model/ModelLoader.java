package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads models: creates the native session, reads the signature, and refuses what cannot be run safely. */
final class ModelLoader {
    private static final String FIELD = "ONNX model";

    private ModelLoader() {}

    static OnnxModel load(Path file, OnnxOptions options) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(FIELD, file, "does not exist or is no file");
        }
        try {
            checkSize(file.toString(), Files.size(file), options);
            if (file.getFileSystem() != FileSystems.getDefault()) {
                return load(file.toString(), Files.readAllBytes(file), options);
            }
            return load(
                    file.toString(),
                    options,
                    (environment, session) -> environment.createSession(file.toString(), session),
                    () -> ModelHeader.read(file));
        } catch (IOException e) {
            throw new UnavailableException("cannot read the ONNX model " + file + ": " + e.getMessage(), e);
        }
    }

    static OnnxModel load(String name, byte[] bytes, OnnxOptions options) {
        checkSize(name, bytes.length, options);
        return load(
                name,
                options,
                (environment, session) -> environment.createSession(bytes, session),
                () -> ModelHeader.read(bytes));
    }

    private static void checkSize(String name, long bytes, OnnxOptions options) {
        if (bytes == 0) {
            throw new InvalidInputException(FIELD, name, "is empty");
        }
        if (bytes > options.maxModelBytes()) {
            throw new InvalidInputException(
                    FIELD, name, "has " + bytes + " bytes, more than the limit of " + options.maxModelBytes());
        }
    }

    private static OnnxModel load(String name, OnnxOptions options, SessionSource source, HeaderSource header) {
        OrtEnvironment environment = SharedEnvironment.get();
        try {
            OrtSession session = session(environment, options, source);
            try {
                Signature signature = OrtSpecs.signature(session, read(header));
                OrtSpecs.checkRunnable(name, session, signature);
                return new OnnxModel(
                        name, signature, new NativeModel(name, environment, session, signature, options.closeGrace()));
            } catch (OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (OrtException e) {
            throw OrtErrors.atLoad(name, e);
        }
    }

    /** Models in ONNX Runtime's own format have no header of this kind. */
    private static ModelHeader read(HeaderSource source) {
        try {
            return source.read();
        } catch (IOException e) {
            return ModelHeader.empty();
        }
    }

    private static OrtSession session(OrtEnvironment environment, OnnxOptions options, SessionSource source)
            throws OrtException {
        try (OrtSession.SessionOptions session = new OrtSession.SessionOptions()) {
            // What fails is thrown; the library would print it to the host's error output as well.
            session.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            session.setIntraOpNumThreads(options.intraOpThreads());
            session.setOptimizationLevel(level(options.optimization()));
            session.addConfigEntry("session.intra_op.allow_spinning", options.spinning() ? "1" : "0");
            return source.create(environment, session);
        }
    }

    private static OrtSession.SessionOptions.OptLevel level(OnnxOptions.Optimization optimization) {
        return switch (optimization) {
            case NONE -> OrtSession.SessionOptions.OptLevel.NO_OPT;
            case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
            case EXTENDED -> OrtSession.SessionOptions.OptLevel.EXTENDED_OPT;
            case ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
        };
    }

    private interface SessionSource {
        OrtSession create(OrtEnvironment environment, OrtSession.SessionOptions options) throws OrtException;
    }

    private interface HeaderSource {
        ModelHeader read() throws IOException;
    }
}
