package dev.mlops.edge.deploy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.api.spi.device.EngineInfo;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.api.spi.device.InstanceStatus.State;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A device in memory whose instances are tiny HTTP servers on real ports. It does exactly what it is told, at once, and
 * shows everything that is on it, half-made things too.
 */
final class FakeDevice implements DeviceEngine {
    private final Map<String, Instance> instances = new TreeMap<>();
    private final Set<Sha256> whole = new HashSet<>();
    private final Set<Sha256> half = new HashSet<>();
    private final Set<Sha256> crashing = new HashSet<>();
    private final Set<Sha256> hanging = new HashSet<>();
    private final List<String> hidden = new ArrayList<>();
    private EngineInfo info = new EngineInfo("fake", "1", null, "linux", "amd64", 4, 8L << 30, 8L << 30);
    private boolean reachable = true;

    /** Instances of these files end as soon as they start. */
    synchronized void crashOn(Sha256 digest) {
        crashing.add(digest);
    }

    /** Instances of these files run but never become ready. */
    synchronized void hangOn(Sha256 digest) {
        hanging.add(digest);
    }

    synchronized void reachable(boolean now) {
        reachable = now;
    }

    synchronized void is(EngineInfo other) {
        info = other;
    }

    /** Listings leave this instance out. */
    synchronized void hide(String instance) {
        hidden.add(instance);
    }

    /** Ends an instance behind the deployer's back. */
    synchronized void kill(String instance) {
        instances.get(instance).end(137);
    }

    /** Loses an instance behind the deployer's back. */
    synchronized void lose(String instance) {
        instances.remove(instance).end(0);
    }

    synchronized Set<String> instances() {
        return Set.copyOf(instances.keySet());
    }

    synchronized Set<Sha256> artifacts() {
        return Set.copyOf(whole);
    }

    synchronized Set<Sha256> halfArtifacts() {
        return Set.copyOf(half);
    }

    @Override
    public String describe() {
        return "fake device " + System.identityHashCode(this);
    }

    @Override
    public synchronized EngineInfo info() {
        check();
        return info;
    }

    @Override
    public synchronized void ensureArtifact(
            ModelArtifact artifact, ProgressListener progress, Cancellation cancellation) {
        check();
        if (whole.contains(artifact.digest())) {
            return;
        }
        half.add(artifact.digest());
        for (ModelArtifact.File file : artifact.files()) {
            cancellation.check("transfer");
            try (InputStream in = file.body().open()) {
                if (!Sha256.of(in.readAllBytes()).equals(file.sha256())) {
                    throw new IntegrityException(file.path() + " is not what was sent");
                }
            } catch (IOException e) {
                throw new UnavailableException("source of " + file.path() + " broke", e);
            }
        }
        progress.onProgress(new Progress(1, 1, artifact.totalBytes(), artifact.totalBytes(), artifact.totalBytes()));
        half.remove(artifact.digest());
        whole.add(artifact.digest());
    }

    @Override
    public synchronized boolean hasArtifact(ModelArtifact artifact) {
        check();
        return whole.contains(artifact.digest());
    }

    @Override
    public synchronized boolean removeArtifact(ModelArtifact artifact) {
        check();
        boolean used = instances.values().stream()
                .anyMatch(instance -> instance.spec.artifact().equals(artifact.digest()));
        boolean wasHalf = !used && half.remove(artifact.digest());
        return !used && (whole.remove(artifact.digest()) || wasHalf);
    }

    @Override
    public synchronized void create(InstanceSpec spec) {
        check();
        Instance present = instances.get(spec.name());
        if (present != null && !present.spec.equals(spec)) {
            throw new ConflictException("instance " + spec.name() + " exists with another spec");
        }
        if (!whole.contains(spec.artifact())) {
            throw new NotFoundException("artifact " + spec.artifact() + " is not here");
        }
        if (present == null) {
            instances.put(spec.name(), new Instance(spec));
        }
    }

    @Override
    public synchronized void start(String instance) {
        check();
        Instance found = Optional.ofNullable(instances.get(instance))
                .orElseThrow(() -> new NotFoundException("no instance " + instance));
        found.start(hanging.contains(found.spec.artifact()));
        if (crashing.contains(found.spec.artifact())) {
            found.end(1);
        }
    }

    @Override
    public synchronized void stop(String instance, Duration grace) {
        check();
        Optional.ofNullable(instances.get(instance)).ifPresent(found -> found.end(0));
    }

    @Override
    public synchronized void remove(String instance) {
        check();
        Optional.ofNullable(instances.remove(instance)).ifPresent(found -> found.end(0));
    }

    @Override
    public synchronized Optional<InstanceStatus> inspect(String instance) {
        check();
        return Optional.ofNullable(instances.get(instance)).map(Instance::status);
    }

    @Override
    public synchronized List<InstanceStatus> list(String owner) {
        check();
        return instances.values().stream()
                .filter(instance -> instance.spec.owner().equals(owner))
                .filter(instance -> !hidden.contains(instance.spec.name()))
                .map(Instance::status)
                .toList();
    }

    @Override
    public synchronized List<String> logs(String instance, int lines) {
        check();
        Instance found = instances.get(instance);
        return found == null ? List.of() : List.copyOf(found.log);
    }

    /** Ends everything that runs here, as the end of a test. */
    @Override
    public synchronized void close() {
        instances.values().forEach(instance -> instance.end(0));
    }

    private void check() {
        if (!reachable) {
            throw new UnavailableException("the fake device cannot be reached");
        }
    }

    private static final class Instance {
        private final InstanceSpec spec;
        private final List<String> log = new ArrayList<>();
        private State state = State.CREATED;
        private int exitCode;
        private HttpServer server;

        Instance(InstanceSpec spec) {
            this.spec = spec;
        }

        void start(boolean hanging) {
            if (state == State.RUNNING) {
                return;
            }
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), spec.hostPort()), 0);
            } catch (IOException e) {
                throw new ConflictException("port " + spec.hostPort() + " is already allocated", e);
            }
            server.createContext("/v2", exchange -> answer(exchange, hanging));
            server.start();
            state = State.RUNNING;
            log.add("started " + spec.modelName() + ":" + spec.modelVersion());
        }

        private void answer(HttpExchange exchange, boolean hanging) throws IOException {
            byte[] body = ("{\"model_version\":\"" + spec.modelVersion() + "\",\"outputs\":[]}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(hanging ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }

        void end(int code) {
            if (server != null && state == State.RUNNING) {
                server.stop(0);
                state = State.EXITED;
                exitCode = code;
                log.add("ended with " + code);
            }
        }

        InstanceStatus status() {
            return new InstanceStatus(
                    spec.name(), state, spec.hostPort(), state == State.EXITED ? exitCode : null, "", spec.labels());
        }
    }
}
