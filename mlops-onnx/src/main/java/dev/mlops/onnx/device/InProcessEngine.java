package dev.mlops.onnx.device;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.api.spi.device.EngineInfo;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.api.spi.device.InstanceStatus.State;
import dev.mlops.api.spi.device.ModelArtifact;
import dev.mlops.onnx.model.OnnxModel;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * A device that is this JVM: each instance is a model served on {@code 127.0.0.1:<hostPort>} by a server of its own.
 * Model files and the specs of instances are kept in a directory, so a later engine over the same directory knows them,
 * as ended; {@link #start} brings them back. Memory and process limits and environment variables have no effect here;
 * processors bound the threads that work on one inference. Thread-safe.
 */
public final class InProcessEngine implements DeviceEngine {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");
    private static final String JSON = ".json";

    private final Path directory;
    private final FileChannel lock;
    private final Artifacts artifacts;
    private final Path specs;
    private final Map<String, Instance> instances = new ConcurrentHashMap<>();

    /** Held while an instance or an artifact comes or goes, so that no instance loses its artifact. */
    private final Object catalogue = new Object();

    private volatile boolean closed;

    private InProcessEngine(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
        this.artifacts = new Artifacts(directory.resolve("artifacts"));
        this.specs = directory.resolve("instances");
        DiskFiles.createDirectories(specs);
        for (Path file : DiskFiles.list(specs)) {
            if (file.getFileName().toString().endsWith(JSON)) {
                remember(InstanceRecord.read(file));
            }
        }
    }

    /**
     * Opens the engine over a directory, which is created if it does not exist and belongs to this engine until it is
     * closed.
     *
     * @throws UnavailableException if another engine has the directory open, or it cannot be written
     */
    public static InProcessEngine open(Path directory) {
        DiskFiles.createDirectories(directory);
        FileChannel lock = lock(directory);
        try {
            return new InProcessEngine(directory, lock);
        } catch (RuntimeException e) {
            release(lock);
            throw e;
        }
    }

    private static FileChannel lock(Path directory) {
        Path file = directory.resolve(".lock");
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                channel.close();
                throw new UnavailableException(
                        "the directory " + directory + " is in use by another engine; close that first");
            }
            return channel;
        } catch (IOException e) {
            throw DiskFiles.failed("lock", file, e);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock held = channel.tryLock();
            return held != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static void release(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UnavailableException("the directory lock could not be released: " + e.getMessage(), e);
        }
    }

    private Instance remember(InstanceRecord record) {
        InstanceSpec spec = record.spec();
        Instance instance = new Instance(
                spec,
                artifacts.file(spec.artifact(), spec.modelFile()),
                record.started() ? State.EXITED : State.CREATED);
        instances.put(spec.name(), instance);
        return instance;
    }

    @Override
    public String describe() {
        return "in-process at " + directory;
    }

    @Override
    public EngineInfo info() {
        checkOpen();
        Runtime runtime = Runtime.getRuntime();
        return new EngineInfo(
                "in-process",
                "onnxruntime " + OnnxModel.runtimeVersion(),
                null,
                operatingSystem(),
                architecture(),
                runtime.availableProcessors(),
                runtime.maxMemory(),
                freeDisk());
    }

    private static String operatingSystem() {
        String name = System.getProperty("os.name", "unknown").toLowerCase(Locale.ROOT);
        if (name.startsWith("windows")) {
            return "windows";
        }
        return name.startsWith("mac") ? "darwin" : name;
    }

    private static String architecture() {
        String name = System.getProperty("os.arch", "unknown");
        return switch (name) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> name;
        };
    }

    private long freeDisk() {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public void ensureArtifact(ModelArtifact artifact, ProgressListener progress, Cancellation cancellation) {
        checkOpen();
        cancellation.check("sending of artifact " + artifact.digest().shortHex());
        artifacts.receive(artifact, progress, cancellation);
    }

    @Override
    public boolean hasArtifact(ModelArtifact artifact) {
        checkOpen();
        return artifacts.has(artifact.digest());
    }

    @Override
    public boolean removeArtifact(ModelArtifact artifact) {
        checkOpen();
        synchronized (catalogue) {
            boolean used = instances.values().stream()
                    .anyMatch(instance -> instance.spec().artifact().equals(artifact.digest()));
            return !used && artifacts.remove(artifact.digest());
        }
    }

    @Override
    public void create(InstanceSpec spec) {
        checkOpen();
        check(spec);
        synchronized (catalogue) {
            Instance existing = instances.get(spec.name());
            if (existing == null) {
                checkArtifact(spec);
                InstanceRecord record = new InstanceRecord(spec, false);
                DiskFiles.replace(file(spec.name()), record.toJson());
                remember(record);
            } else if (!existing.spec().equals(spec)) {
                throw new ConflictException(
                        "instance '%s' exists with another spec; remove it first (is %s, asked for %s)"
                                .formatted(spec.name(), existing.spec(), spec));
            }
        }
    }

    private static void check(InstanceSpec spec) {
        checkName(spec.name());
        RelativePath.check("model file", spec.modelFile());
        if (spec.hostPort() < 1 || spec.hostPort() > 65_535) {
            throw new InvalidInputException("host port", spec.hostPort(), "must be 1 to 65535");
        }
        int processors = Runtime.getRuntime().availableProcessors();
        if (!(spec.resources().cpus() > 0 && spec.resources().cpus() <= processors)) {
            throw new InvalidInputException(
                    "processors", spec.resources().cpus(), "must be more than 0 and at most " + processors);
        }
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidInputException("instance name", name, "must be 1 to 128 characters of [a-zA-Z0-9_.-]");
        }
    }

    private void checkArtifact(InstanceSpec spec) {
        if (!artifacts.has(spec.artifact())) {
            throw new NotFoundException("artifact %s is not on the device %s; send it first"
                    .formatted(spec.artifact().shortHex(), describe()));
        }
        if (!Files.isRegularFile(artifacts.file(spec.artifact(), spec.modelFile()))) {
            throw new NotFoundException(
                    "artifact %s has no file '%s'".formatted(spec.artifact().shortHex(), spec.modelFile()));
        }
    }

    private Path file(String instance) {
        // Not the name itself: it may be '..', or differ from another one by case only.
        return specs.resolve(
                Sha256.of(instance.getBytes(StandardCharsets.UTF_8)).hex() + JSON);
    }

    @Override
    public void start(String instance) {
        checkOpen();
        Instance found = instances.get(instance);
        if (found == null) {
            throw new NotFoundException(
                    "there is no instance '%s' on %s; create it first".formatted(instance, describe()));
        }
        synchronized (catalogue) {
            if (found.status().state() == State.CREATED && instances.get(instance) == found) {
                DiskFiles.replace(file(instance), new InstanceRecord(found.spec(), true).toJson());
            }
        }
        found.start();
    }

    @Override
    public void stop(String instance, Duration grace) {
        checkOpen();
        Instance found = instances.get(instance);
        if (found != null) {
            found.stop(grace, "as asked");
        }
    }

    @Override
    public void remove(String instance) {
        checkOpen();
        Instance found = instances.get(instance);
        if (found == null) {
            return;
        }
        found.retire(Duration.ZERO, "removed");
        synchronized (catalogue) {
            DiskFiles.delete(file(instance));
            instances.remove(instance, found);
        }
    }

    @Override
    public Optional<InstanceStatus> inspect(String instance) {
        checkOpen();
        return Optional.ofNullable(instances.get(instance)).map(Instance::status);
    }

    @Override
    public List<InstanceStatus> list(String owner) {
        checkOpen();
        return instances.values().stream()
                .filter(instance -> instance.spec().owner().equals(owner))
                .map(Instance::status)
                .sorted(Comparator.comparing(InstanceStatus::name))
                .toList();
    }

    @Override
    public List<String> logs(String instance, int lines) {
        checkOpen();
        Instance found = instances.get(instance);
        return found == null ? List.of() : found.log(lines);
    }

    private void checkOpen() {
        if (closed) {
            throw new UnavailableException("the engine " + describe() + " is closed");
        }
    }

    /** Stops every instance, which cannot outlive this JVM anyhow, and frees the directory. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        instances.values().forEach(instance -> instance.retire(Duration.ofSeconds(5), "the engine was closed"));
        release(lock);
    }
}
