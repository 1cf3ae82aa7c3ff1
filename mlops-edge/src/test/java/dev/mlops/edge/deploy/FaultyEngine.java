package dev.mlops.edge.deploy;

import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.api.spi.device.EngineInfo;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.api.spi.device.ModelArtifact;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Counts the calls of an engine, and throws before or after one of them. */
final class FaultyEngine implements DeviceEngine {
    private final DeviceEngine engine;
    private final int faultyCall;
    private final Moment moment;
    private final Runnable fault;
    private final List<String> calls = new ArrayList<>();

    enum Moment {
        BEFORE,
        AFTER
    }

    FaultyEngine(DeviceEngine engine, int faultyCall, Moment moment, Runnable fault) {
        this.engine = engine;
        this.faultyCall = faultyCall;
        this.moment = moment;
        this.fault = fault;
    }

    /** Only counts. */
    static FaultyEngine counting(DeviceEngine engine) {
        return new FaultyEngine(engine, -1, Moment.BEFORE, () -> {});
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    synchronized void forget() {
        calls.clear();
    }

    private <T> T call(String name, Supplier<T> call) {
        boolean faulty;
        synchronized (this) {
            calls.add(name);
            faulty = calls.size() == faultyCall;
        }
        if (faulty && moment == Moment.BEFORE) {
            fault.run();
        }
        T result = call.get();
        if (faulty && moment == Moment.AFTER) {
            fault.run();
        }
        return result;
    }

    private void run(String name, Runnable call) {
        call(name, () -> {
            call.run();
            return true;
        });
    }

    @Override
    public String describe() {
        return engine.describe();
    }

    @Override
    public EngineInfo info() {
        return call("info", engine::info);
    }

    @Override
    public void ensureArtifact(ModelArtifact artifact, ProgressListener progress, Cancellation cancellation) {
        run("ensureArtifact", () -> engine.ensureArtifact(artifact, progress, cancellation));
    }

    @Override
    public boolean hasArtifact(ModelArtifact artifact) {
        return call("hasArtifact", () -> engine.hasArtifact(artifact));
    }

    @Override
    public boolean removeArtifact(ModelArtifact artifact) {
        return call("removeArtifact", () -> engine.removeArtifact(artifact));
    }

    @Override
    public void create(InstanceSpec spec) {
        run("create", () -> engine.create(spec));
    }

    @Override
    public void start(String instance) {
        run("start", () -> engine.start(instance));
    }

    @Override
    public void stop(String instance, Duration grace) {
        run("stop", () -> engine.stop(instance, grace));
    }

    @Override
    public void remove(String instance) {
        run("remove", () -> engine.remove(instance));
    }

    @Override
    public Optional<InstanceStatus> inspect(String instance) {
        return call("inspect", () -> engine.inspect(instance));
    }

    @Override
    public List<InstanceStatus> list(String owner) {
        return call("list", () -> engine.list(owner));
    }

    @Override
    public List<String> logs(String instance, int lines) {
        return call("logs", () -> engine.logs(instance, lines));
    }

    @Override
    public void close() {}
}
