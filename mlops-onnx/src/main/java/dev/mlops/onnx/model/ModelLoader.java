package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads models: creates the native session, reads the signature, and refuses what cannot be run safely. */
final class ModelLoader {
    private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);
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
            ModelCache cache = options.cache();
            return load(
                    file.toString(),
                    options,
                    cache == null ? null : cache.key(file, options),
                    (environment, session) -> environment.createSession(file.toString(), session),
                    () -> ModelHeader.read(file));
        } catch (IOException e) {
            throw new UnavailableException("cannot read the ONNX model " + file + ": " + e.getMessage(), e);
        }
    }

    static OnnxModel load(String name, byte[] bytes, OnnxOptions options) {
        checkSize(name, bytes.length, options);
        ModelCache cache = options.cache();
        return load(
                name,
                options,
                cache == null ? null : cache.key(Sha256.of(bytes), options),
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

    private static OnnxModel load(
            String name, OnnxOptions options, @Nullable String cacheKey, SessionSource source, HeaderSource header) {
        OrtEnvironment environment = SharedEnvironment.get();
        try {
            ModelCache cache = options.cache();
            OrtSession session = cache == null || cacheKey == null
                    ? session(environment, options, source)
                    : cached(environment, options, cache, cacheKey, source);
            try {
                Signature signature = OrtSpecs.signature(session, read(header));
                Backend backend = Backends.backend(options.foreignFunctions());
                OrtSpecs.checkRunnable(name, session, signature, backend);
                return new OnnxModel(
                        name,
                        signature,
                        new NativeModel(name, environment, session, signature, options.closeGrace(), backend));
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

    /** Takes the optimized model from a cache, or leaves it there. */
    private static OrtSession cached(
            OrtEnvironment environment, OnnxOptions options, ModelCache cache, String key, SessionSource source)
            throws OrtException {
        Path optimized = cache.find(key).orElse(null);
        if (optimized != null) {
            try {
                return session(environment, options, mapped(optimized));
            } catch (OrtException e) {
                log.warn("ONNX Runtime does not take {}, which is deleted", optimized, e);
                cache.discard(optimized);
            }
        }
        Path written = cache.newFile();
        try {
            OrtSession made = session(environment, options, writing(written, source));
            cache.add(key, written);
            return made;
        } catch (OrtException e) {
            // It may be a model that cannot be written, such as one with operators of somebody's own.
            log.debug("the model is loaded without the cache", e);
            return session(environment, options, source);
        } finally {
            cache.discard(written);
        }
    }

    private static SessionSource mapped(Path optimized) {
        return (environment, session) -> {
            session.addConfigEntry("session.load_model_format", "ORT");
            session.addConfigEntry("session.use_memory_mapped_ort_model", "1");
            session.addConfigEntry("session.use_ort_model_bytes_for_initializers", "1");
            session.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            return environment.createSession(optimized.toString(), session);
        };
    }

    private static SessionSource writing(Path written, SessionSource source) {
        return (environment, session) -> {
            session.addConfigEntry("session.save_model_format", "ORT");
            session.setOptimizedModelFilePath(written.toString());
            return source.create(environment, session);
        };
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
