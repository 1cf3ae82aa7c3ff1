package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads models: creates the native session, reads the signature, and refuses what cannot be run safely. */
final class ModelLoader {
    private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);
    private static final String FIELD = "ONNX model";

    /** A folder that is not there: bytes have no folder, and ONNX Runtime would look in the one that the JVM runs in. */
    private static final String NOWHERE = "no-folder-" + UUID.randomUUID();

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
                (environment, session) -> {
                    session.addConfigEntry("session.model_external_initializers_file_folder_path", NOWHERE);
                    return environment.createSession(bytes, session);
                },
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
        SessionFactory sessions = new SessionFactory(options);
        try {
            ModelCache cache = options.cache();
            OrtSession session = cache == null || cacheKey == null
                    ? sessions.create(source)
                    : cached(sessions, cache, cacheKey, source);
            try {
                Signature signature = OrtSpecs.signature(session, read(header));
                Backend backend = Backends.backend(options.foreignFunctions());
                OrtSpecs.checkRunnable(name, session, signature, backend);
                NativeModel natives =
                        new NativeModel(name, sessions.environment(), session, signature, options, backend);
                return new OnnxModel(name, signature, natives, sessions.describe(backend));
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
    private static OrtSession cached(SessionFactory sessions, ModelCache cache, String key, SessionSource source)
            throws OrtException {
        Path optimized = cache.find(key).orElse(null);
        if (optimized != null) {
            try {
                return sessions.createMapped(optimized);
            } catch (OrtException e) {
                log.warn("ONNX Runtime does not take {}, which is deleted", optimized, e);
                cache.discard(optimized);
            }
        }
        Path written = cache.newFile();
        try {
            OrtSession made = sessions.create(writing(written, source));
            cache.add(key, written);
            return made;
        } catch (OrtException e) {
            // It may be a model that cannot be written, such as one with operators of somebody's own.
            log.debug("the model is loaded without the cache", e);
            return sessions.create(source);
        } finally {
            cache.discard(written);
        }
    }

    private static SessionSource writing(Path written, SessionSource source) {
        return (environment, session) -> {
            session.addConfigEntry("session.save_model_format", "ORT");
            session.setOptimizedModelFilePath(written.toString());
            return source.create(environment, session);
        };
    }

    private interface HeaderSource {
        ModelHeader read() throws IOException;
    }
}
