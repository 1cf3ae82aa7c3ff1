package dev.mlops.onnx.device;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.api.spi.device.InstanceStatus.State;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.serving.InferenceServer;
import dev.mlops.onnx.serving.ServingLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One model that this JVM serves, or could serve. Thread-safe; starts and stops wait for each other. */
final class Instance {
    private final InstanceSpec spec;
    private final Path modelFile;
    private final LogTail log = new LogTail();

    private volatile InstanceStatus status;
    private boolean retired;
    private @Nullable OnnxModel model;
    private @Nullable InferenceServer server;

    Instance(InstanceSpec spec, Path modelFile, State state) {
        this.spec = spec;
        this.modelFile = modelFile;
        this.status = status(state, null, state == State.EXITED ? "ended with the engine that ran it" : "");
    }

    InstanceSpec spec() {
        return spec;
    }

    InstanceStatus status() {
        return status;
    }

    List<String> log(int lines) {
        return log.last(lines);
    }

    synchronized void start() {
        if (retired) {
            throw new NotFoundException("the instance '" + spec.name() + "' was removed");
        }
        if (status.state() == State.RUNNING) {
            return;
        }
        try {
            serve();
        } catch (InvalidInputException e) {
            // As a process would: it was started, and ended by itself.
            ended(1, String.valueOf(e.getMessage()));
        } catch (MlopsException e) {
            ended(1, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private void serve() {
        int threads = (int) Math.max(1, Math.round(spec.resources().cpus()));
        OnnxModel loaded = OnnxModel.load(
                modelFile,
                OnnxOptions.builder()
                        .intraOpThreads(threads)
                        .closeGrace(Duration.ZERO)
                        .build());
        try {
            InferenceServer started = InferenceServer.builder()
                    .serve(spec.modelName(), spec.modelVersion(), loaded)
                    .port(spec.hostPort())
                    .limits(ServingLimits.DEFAULT)
                    .onFailure(log::add)
                    .start();
            model = loaded;
            server = started;
            status = status(State.RUNNING, null, "");
            log.add("serving %s:%s %s on %s"
                    .formatted(
                            spec.modelName(),
                            spec.modelVersion(),
                            loaded.signature(),
                            started.endpoint(spec.modelName())));
        } catch (RuntimeException | Error e) {
            loaded.close();
            throw e;
        }
    }

    synchronized void stop(Duration grace, String reason) {
        InferenceServer running = server;
        OnnxModel loaded = model;
        if (running == null || loaded == null) {
            return;
        }
        server = null;
        model = null;
        running.close(grace);
        loaded.close();
        ended(0, reason);
    }

    /** Stops for good: a start that comes later fails. */
    synchronized void retire(Duration grace, String reason) {
        retired = true;
        stop(grace, reason);
    }

    private void ended(int exitCode, String reason) {
        log.add((exitCode == 0 ? "stopped: " : "error: ") + reason);
        status = status(State.EXITED, exitCode, reason);
    }

    private InstanceStatus status(State state, @Nullable Integer exitCode, String detail) {
        return new InstanceStatus(spec.name(), state, spec.hostPort(), exitCode, detail, spec.labels());
    }
}
