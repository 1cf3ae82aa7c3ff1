package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sessions with the options of one model, and remembers what was really chosen. For one thread. */
final class SessionFactory {
    private static final Logger log = LoggerFactory.getLogger(SessionFactory.class);

    private final OnnxOptions options;
    private final OrtEnvironment environment = SharedEnvironment.get();

    private List<ProviderChoice> choices = List.of();
    private @Nullable Path mapped;

    SessionFactory(OnnxOptions options) {
        this.options = options;
    }

    OrtEnvironment environment() {
        return environment;
    }

    /** Makes a session; if that fails with the providers that were wished for, without them. */
    LiveSession create(SessionSource source) throws OrtException {
        return create(source, options.packing() != Packing.NEVER);
    }

    private LiveSession create(SessionSource source, boolean isPacked) throws OrtException {
        try {
            return new LiveSession(create(source, options.providers(), isPacked), isPacked);
        } catch (OrtException e) {
            List<ProviderChoice> failed = choices;
            if (failed.stream().filter(ProviderChoice::chosen).count() <= 1) {
                throw e;
            }
            log.debug("no session with {}", failed, e);
            OrtSession made = create(source, List.of(), isPacked);
            choices = Providers.onlyCpu(failed, e);
            return new LiveSession(made, isPacked);
        }
    }

    /** Makes a session of a file in ONNX Runtime's own format, whose weights are mapped, and packed only if that is waited for. */
    LiveSession createMapped(Path optimized) throws OrtException {
        return createMapped(optimized, options.packing() == Packing.AT_LOAD);
    }

    LiveSession createMapped(Path optimized, boolean isPacked) throws OrtException {
        SessionSource source = (known, session) -> {
            session.addConfigEntry("session.load_model_format", "ORT");
            session.addConfigEntry("session.use_memory_mapped_ort_model", "1");
            session.addConfigEntry("session.use_ort_model_bytes_for_initializers", "1");
            session.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            return known.createSession(optimized.toString(), session);
        };
        LiveSession made = create(source, isPacked);
        mapped = optimized;
        return made;
    }

    /** The file that the last session is mapped from; null if it was made of the model itself. */
    @Nullable
    Path mapped() {
        return mapped;
    }

    private OrtSession create(SessionSource source, List<ExecutionProvider> wish, boolean isPacked)
            throws OrtException {
        try (OrtSession.SessionOptions session = new OrtSession.SessionOptions()) {
            // What fails is thrown; the library would print it to the host's error output as well.
            session.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            session.setOptimizationLevel(level(options.optimization()));
            setThreads(session);
            if (!options.arena()) {
                session.setCPUArenaAllocator(false);
                session.setMemoryPatternOptimization(false);
            }
            if (!isPacked) {
                session.addConfigEntry("session.disable_prepacking", "1");
            }
            choices = Providers.add(wish, session);
            return source.create(environment, session);
        }
    }

    private void setThreads(OrtSession.SessionOptions session) throws OrtException {
        if (sharesThreads()) {
            session.disablePerSessionThreads();
        } else {
            session.setIntraOpNumThreads(options.intraOpThreads());
            session.addConfigEntry("session.intra_op.allow_spinning", options.spinning() ? "1" : "0");
        }
    }

    private boolean sharesThreads() {
        return options.sharesThreads() && SharedEnvironment.hasThreads();
    }

    private static OrtSession.SessionOptions.OptLevel level(OnnxOptions.Optimization optimization) {
        return switch (optimization) {
            case NONE -> OrtSession.SessionOptions.OptLevel.NO_OPT;
            case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
            case EXTENDED -> OrtSession.SessionOptions.OptLevel.EXTENDED_OPT;
            case ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
        };
    }

    /** What was chosen for the session that was made last. */
    ModelRuntime describe(Backend backend) {
        String calls = backend instanceof BindingBackend ? "the Java binding" : "foreign functions";
        return new ModelRuntime(environment.getVersion(), calls, choices, threads(), mapped != null);
    }

    private String threads() {
        if (sharesThreads()) {
            return "shared by all models";
        }
        String count = options.intraOpThreads() == 0 ? "one for each core" : options.intraOpThreads() + " of its own";
        return options.sharesThreads()
                ? count + ", as another library made the environment without shared ones"
                : count;
    }
}
