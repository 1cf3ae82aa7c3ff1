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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads models: creates the native session, reads the signature, and refuses what cannot be run safely. */
final class ModelLoader {
    private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);
    private static final String FIELD = "ONNX model";

    /** A larger file is not read into memory to take a node out of it. */
    private static final long MOST_REWRITTEN = 256L << 20;

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
            String key = cache == null ? null : cache.key(file, options);
            ModelHeader header = header(() -> ModelHeader.read(file));
            ZipMaps stripped = header.hasZipMap() && Files.size(file) <= MOST_REWRITTEN
                    ? ZipMaps.strip(Files.readAllBytes(file))
                    : null;
            Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            return load(
                    new Source(
                            file.toString(),
                            key,
                            (environment, session) -> environment.createSession(file.toString(), session),
                            header,
                            Map.of()),
                    stripped,
                    folder.toString(),
                    options);
        } catch (IOException e) {
            throw new UnavailableException("cannot read the ONNX model " + file + ": " + e.getMessage(), e);
        }
    }

    static OnnxModel load(String name, byte[] bytes, OnnxOptions options) {
        checkSize(name, bytes.length, options);
        ModelCache cache = options.cache();
        String key = cache == null ? null : cache.key(Sha256.of(bytes), options);
        ModelHeader header = header(() -> ModelHeader.read(bytes));
        ZipMaps stripped = header.hasZipMap() ? ZipMaps.strip(bytes) : null;
        return load(new Source(name, key, session(bytes, NOWHERE), header, Map.of()), stripped, NOWHERE, options);
    }

    /** Loads what was stripped; or the model as it is, if there is none or ONNX Runtime does not take it. */
    private static OnnxModel load(Source whole, @Nullable ZipMaps stripped, String folder, OnnxOptions options) {
        if (stripped != null) {
            String key = whole.cacheKey == null ? null : "stripped-" + whole.cacheKey;
            try {
                return load(
                        new Source(whole.name, key, session(stripped.bytes(), folder), whole.header, stripped.labels()),
                        options);
            } catch (InvalidInputException e) {
                log.debug("the ONNX model {} is loaded with its ZipMap nodes", whole.name, e);
            }
        }
        return load(whole, options);
    }

    /** A session of bytes whose weights, if they lie in other files, lie in a folder. */
    private static SessionSource session(byte[] bytes, String folder) {
        return (environment, session) -> {
            session.addConfigEntry("session.model_external_initializers_file_folder_path", folder);
            return environment.createSession(bytes, session);
        };
    }

    /**
     * A model as it is to be loaded.
     *
     * @param labels those of each output whose ZipMap node was taken out
     */
    private record Source(
            String name,
            @Nullable String cacheKey,
            SessionSource session,
            ModelHeader header,
            Map<String, List<Object>> labels) {}

    private static void checkSize(String name, long bytes, OnnxOptions options) {
        if (bytes == 0) {
            throw new InvalidInputException(FIELD, name, "is empty");
        }
        if (bytes > options.maxModelBytes()) {
            throw new InvalidInputException(
                    FIELD, name, "has " + bytes + " bytes, more than the limit of " + options.maxModelBytes());
        }
    }

    private static OnnxModel load(Source source, OnnxOptions options) {
        SessionFactory sessions = new SessionFactory(options);
        try {
            ModelCache cache = options.cache();
            LiveSession session = cache == null || source.cacheKey == null
                    ? sessions.create(source.session)
                    : cached(sessions, cache, source.cacheKey, source.session);
            try {
                return model(source, sessions, session, options);
            } catch (OrtException | RuntimeException e) {
                session.free();
                throw e;
            }
        } catch (OrtException e) {
            throw OrtErrors.atLoad(source.name, e);
        }
    }

    private static OnnxModel model(Source source, SessionFactory sessions, LiveSession made, OnnxOptions options)
            throws OrtException {
        OrtSession session = made.session();
        Backend backend = Backends.backend(options.foreignFunctions());
        Map<String, ValueType> inputs = backend.inputs(session);
        Map<String, ValueType> outputs = backend.outputs(session);
        OrtSpecs.checkRunnable(source.name, inputs, outputs, backend);
        Signature given = OrtSpecs.signature(session, inputs, outputs, source.header);
        Map<String, ValueType> zipped = OrtSpecs.zipped(source.name, outputs, source.labels);
        boolean isWhole = source.labels.isEmpty();
        NativeModel natives = new NativeModel(
                source.name,
                sessions.environment(),
                made,
                isWhole ? given : OrtSpecs.withoutScalars(given, source.labels.keySet()),
                options,
                backend);
        Path mapped = sessions.mapped();
        if (mapped != null && options.packing() == Packing.IN_BACKGROUND) {
            BackgroundPacking.start(natives, mapped, options);
        }
        return new OnnxModel(
                source.name,
                isWhole ? given : OrtSpecs.signature(session, inputs, zipped, source.header),
                inputs,
                source.labels,
                natives,
                sessions.describe(backend));
    }

    /** Models in ONNX Runtime's own format have no header of this kind. */
    private static ModelHeader header(HeaderSource source) {
        try {
            return source.read();
        } catch (IOException e) {
            return ModelHeader.empty();
        }
    }

    /** Takes the optimized model from a cache, or leaves it there. */
    private static LiveSession cached(SessionFactory sessions, ModelCache cache, String key, SessionSource source)
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
            LiveSession made = sessions.create(writing(written, source));
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
