package dev.mlops.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.api.spi.device.EngineInfo;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.api.spi.device.InstanceStatus.State;
import dev.mlops.api.spi.device.ModelArtifact;
import dev.mlops.api.spi.object.ObjectBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link DeviceEngine} keeps. Inherit it and say how to open the engine; each test uses its own owners,
 * artifacts and instance names and removes them, so the device may be shared.
 */
public abstract class DeviceEngineContract {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final String owner = "contract-" + run;
    private final List<String> created = new ArrayList<>();
    private final List<ModelArtifact> sent = new ArrayList<>();

    private DeviceEngine engine;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected DeviceEngineContract() {}

    /** Opens an engine over the device, always the same device within one test; the suite closes it. */
    protected abstract DeviceEngine open();

    /** How long an instance may take from start until it answers; a minute by default. */
    protected Duration readyWithin() {
        return Duration.ofMinutes(1);
    }

    /** The limits that instances get; {@link Resources#DEFAULT} by default. */
    protected Resources resources() {
        return Resources.DEFAULT;
    }

    @BeforeEach
    void openEngine() {
        engine = open();
    }

    @AfterEach
    void removeWhatTheTestMade() {
        if (engine == null) {
            return; // open() has skipped the test: there is no device
        }
        created.forEach(engine::remove);
        sent.forEach(engine::removeArtifact);
        engine.close();
    }

    @Test
    void tellsWhatItIs() {
        EngineInfo info = engine.info();

        assertThat(engine.describe()).isNotBlank();
        assertThat(info.kind()).isNotBlank();
        assertThat(info.version()).isNotBlank();
        assertThat(info.operatingSystem()).isNotBlank();
        assertThat(info.architecture()).isNotBlank();
        assertThat(info.cpus()).isPositive();
        assertThat(info.memoryBytes()).isPositive();
        assertThat(info.freeDiskBytes()).isGreaterThanOrEqualTo(-1);
    }

    @Test
    void holdsAnArtifactUntilItIsRemoved() {
        ModelArtifact artifact = artifact();
        assertThat(engine.hasArtifact(artifact)).isFalse();

        send(artifact);
        assertThat(engine.hasArtifact(artifact)).isTrue();
        assertThat(engine.removeArtifact(artifact)).isTrue();

        assertThat(engine.hasArtifact(artifact)).isFalse();
        assertThat(engine.removeArtifact(artifact)).isFalse();
    }

    @Test
    void sendsAnArtifactOnlyOnce() {
        ModelArtifact artifact = artifact();
        send(artifact);

        ModelArtifact unreadable = new ModelArtifact(
                artifact.digest(),
                artifact.files().stream()
                        .map(file -> new ModelArtifact.File(file.path(), file.sha256(), failing(0)))
                        .toList());

        assertThatCode(() -> send(unreadable)).doesNotThrowAnyException();
        assertThat(engine.hasArtifact(artifact)).isTrue();
    }

    @Test
    void tellsProgressUpToTheEnd() {
        ModelArtifact artifact = artifact();
        List<Progress> seen = new ArrayList<>();
        sent.add(artifact);

        engine.ensureArtifact(artifact, seen::add, new Cancellation());

        assertThat(seen).isNotEmpty();
        assertThat(seen.get(seen.size() - 1).doneBytes()).isEqualTo(artifact.totalBytes());
    }

    @Test
    void refusesBytesThatAreNotWhatTheirDigestSays() {
        byte[] other = "other bytes".getBytes(StandardCharsets.UTF_8);
        ModelArtifact lying = ContractModel.of(
                ContractModel.file(ContractModel.FILE, ContractModel.bytes()),
                new ModelArtifact.File(
                        "docs/labels.txt", Sha256.of(run.getBytes(StandardCharsets.UTF_8)), body(other)));

        assertThatThrownBy(() -> send(lying))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("docs/labels.txt");
        assertThat(engine.hasArtifact(lying)).isFalse();
    }

    @Test
    void completesAnArtifactWhoseFirstSendingBrokeOff() {
        ModelArtifact whole = artifact();
        ModelArtifact.File first = whole.files().get(0);
        ModelArtifact breaking = new ModelArtifact(
                whole.digest(),
                List.of(
                        first,
                        new ModelArtifact.File(
                                "docs/labels.txt", whole.files().get(1).sha256(), failing(8))));

        assertThatThrownBy(() -> send(breaking)).isInstanceOf(MlopsException.class);
        assertThat(engine.hasArtifact(whole)).isFalse();

        send(whole);
        assertThat(engine.hasArtifact(whole)).isTrue();
    }

    @Test
    void refusesAFileThatEndsBeforeItsLength() {
        byte[] bytes = run.getBytes(StandardCharsets.UTF_8);
        ModelArtifact shortened = ContractModel.of(new ModelArtifact.File(
                ContractModel.FILE, Sha256.of(bytes), new Stated(bytes.length + 10L, new ByteArrayInputStream(bytes))));

        assertThatThrownBy(() -> send(shortened)).isInstanceOf(MlopsException.class);
        assertThat(engine.hasArtifact(shortened)).isFalse();
    }

    @Test
    void cancelsSendingAndLeavesNoArtifact() {
        ModelArtifact artifact = artifact();
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        assertThatThrownBy(() -> engine.ensureArtifact(artifact, ProgressListener.NONE, cancellation))
                .isInstanceOf(CancelledException.class);
        assertThat(engine.hasArtifact(artifact)).isFalse();
    }

    @Test
    void refusesAFileThatWouldLeaveTheArtifact() {
        for (String path : List.of("../outside.onnx", "/etc/outside.onnx", "a/../../outside.onnx", "a\\b.onnx", "")) {
            ModelArtifact hostile = ContractModel.of(ContractModel.file(path, ContractModel.bytes()));

            assertThatThrownBy(() -> send(hostile)).as(path).isInstanceOf(InvalidInputException.class);
            assertThat(engine.hasArtifact(hostile)).isFalse();
        }
    }

    @Test
    void keepsAnArtifactWhileAnInstanceUsesIt() {
        ModelArtifact artifact = artifact();
        InstanceSpec spec = create("a", artifact);

        assertThat(engine.removeArtifact(artifact)).isFalse();
        assertThat(engine.hasArtifact(artifact)).isTrue();

        engine.remove(spec.name());
        assertThat(engine.removeArtifact(artifact)).isTrue();
    }

    @Test
    void createsAStoppedInstanceWithItsLabels() {
        InstanceSpec spec = create("a", artifact());

        InstanceStatus status = engine.inspect(spec.name()).orElseThrow();

        assertThat(status.name()).isEqualTo(spec.name());
        assertThat(status.state()).isEqualTo(State.CREATED);
        assertThat(status.hostPort()).isEqualTo(spec.hostPort());
        assertThat(status.exitCode()).isNull();
        assertThat(status.labels()).containsAllEntriesOf(spec.labels());
        assertThat(engine.logs(spec.name(), 10)).isEmpty();
    }

    @Test
    void createsAnEqualInstanceOnlyOnce() {
        InstanceSpec spec = create("a", artifact());
        engine.start(spec.name());
        served(spec).awaitReady(readyWithin());

        engine.create(spec);

        assertThat(state(spec)).isEqualTo(State.RUNNING);
        assertThat(engine.list(owner)).hasSize(1);
        served(spec).assertAnswers();
    }

    @Test
    void refusesAnotherSpecUnderTheSameName() {
        ModelArtifact artifact = artifact();
        InstanceSpec spec = create("a", artifact);
        List<InstanceSpec> others = List.of(
                spec(spec.name(), owner, artifact, freePort(), "2", Map.of("revision", "1")),
                spec(spec.name(), owner, artifact, spec.hostPort(), "3", Map.of("revision", "1")),
                spec(spec.name(), owner, artifact, spec.hostPort(), "2", Map.of("revision", "2")));

        for (InstanceSpec other : others) {
            assertThatThrownBy(() -> engine.create(other))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(spec.name());
        }
        assertThat(engine.inspect(spec.name()).orElseThrow().hostPort()).isEqualTo(spec.hostPort());
    }

    @Test
    void refusesAnInstanceOfAnArtifactThatIsNotThere() {
        ModelArtifact absent = artifact();
        InstanceSpec spec = spec(name("a"), owner, absent, freePort(), "2", Map.of());

        assertThatThrownBy(() -> engine.create(spec))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(absent.digest().shortHex());
        assertThat(engine.inspect(spec.name())).isEmpty();
    }

    @Test
    void refusesToStartWhatDoesNotExist() {
        assertThatThrownBy(() -> engine.start(name("absent")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(name("absent"));
    }

    @Test
    void servesInferencesOnceStarted() {
        InstanceSpec spec = create("a", artifact());

        engine.start(spec.name());
        engine.start(spec.name());
        served(spec).awaitReady(readyWithin());

        assertThat(state(spec)).isEqualTo(State.RUNNING);
        served(spec).assertAnswers();
        assertThat(engine.logs(spec.name(), 50)).isNotEmpty();
        assertThat(engine.logs(spec.name(), 1)).hasSize(1);
    }

    @Test
    void stopsAndStartsAgain() {
        InstanceSpec spec = create("a", artifact());
        engine.start(spec.name());
        served(spec).awaitReady(readyWithin());

        engine.stop(spec.name(), GRACE);
        engine.stop(spec.name(), GRACE);
        assertThat(state(spec)).isEqualTo(State.EXITED);
        assertThat(served(spec).isReady()).isFalse();

        engine.start(spec.name());
        served(spec).awaitReady(readyWithin());
        served(spec).assertAnswers();
    }

    @Test
    void stopsAtOnceWithoutGrace() {
        InstanceSpec spec = create("a", artifact());
        engine.start(spec.name());
        served(spec).awaitReady(readyWithin());

        engine.stop(spec.name(), Duration.ZERO);

        assertThat(state(spec)).isEqualTo(State.EXITED);
    }

    @Test
    void stoppingAnInstanceThatNeverRanChangesNothing() {
        InstanceSpec spec = create("a", artifact());

        engine.stop(spec.name(), GRACE);

        assertThat(state(spec)).isEqualTo(State.CREATED);
    }

    @Test
    void stoppingRemovingAndInspectingWhatDoesNotExistDoesNothing() {
        String absent = name("absent");

        assertThatCode(() -> engine.stop(absent, GRACE)).doesNotThrowAnyException();
        assertThatCode(() -> engine.remove(absent)).doesNotThrowAnyException();
        assertThat(engine.inspect(absent)).isEmpty();
        assertThat(engine.logs(absent, 10)).isEmpty();
    }

    @Test
    void removesARunningInstance() {
        InstanceSpec spec = create("a", artifact());
        engine.start(spec.name());
        served(spec).awaitReady(readyWithin());

        engine.remove(spec.name());
        engine.remove(spec.name());

        assertThat(engine.inspect(spec.name())).isEmpty();
        assertThat(engine.list(owner)).isEmpty();
        assertThat(served(spec).isReady()).isFalse();
    }

    @Test
    void runsTwoInstancesOfOneArtifactAtOnce() {
        ModelArtifact artifact = artifact();
        InstanceSpec first = create("a", artifact);
        InstanceSpec second = create("b", artifact);
        engine.start(first.name());
        engine.start(second.name());
        served(first).awaitReady(readyWithin());
        served(second).awaitReady(readyWithin());

        engine.stop(first.name(), GRACE);

        assertThat(state(first)).isEqualTo(State.EXITED);
        served(second).assertAnswers();
    }

    @Test
    void listsOnlyTheInstancesOfTheOwner() {
        ModelArtifact artifact = artifact();
        InstanceSpec mine = create("a", artifact);
        InstanceSpec theirs = create(spec(name("b"), owner + "-other", artifact, freePort(), "2", Map.of()));

        assertThat(engine.list(owner)).extracting(InstanceStatus::name).containsExactly(mine.name());
        assertThat(engine.list(owner + "-other"))
                .extracting(InstanceStatus::name)
                .containsExactly(theirs.name());
        assertThat(engine.list(owner + "-nobody")).isEmpty();
    }

    @Test
    void saysThatThePortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ModelArtifact artifact = artifact();
            send(artifact);
            InstanceSpec spec = spec(name("a"), owner, artifact, taken.getLocalPort(), "2", Map.of());

            assertThatThrownBy(() -> {
                        create(spec);
                        engine.start(spec.name());
                    })
                    .isInstanceOf(MlopsException.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void anInstanceOfABrokenModelEndsAndItsLogSaysWhy() {
        byte[] noModel = "this is no ONNX model".getBytes(StandardCharsets.UTF_8);
        InstanceSpec spec = create("a", ContractModel.artifact(noModel, run));

        engine.start(spec.name());

        // One look at a time: an engine may restart it a few times by itself.
        Eventually.isTrue("instance ended with an exit code other than 0", readyWithin(), () -> {
            InstanceStatus status = engine.inspect(spec.name()).orElseThrow();
            return status.state() == State.EXITED
                    && status.exitCode() != null
                    && !status.exitCode().equals(0);
        });
        Eventually.isTrue(
                "log names the file",
                GRACE,
                () -> String.join("\n", engine.logs(spec.name(), 50)).contains(ContractModel.FILE));
    }

    @Test
    void concurrentEqualCallsEndInOneInstance() throws Exception {
        ModelArtifact artifact = artifact();
        sent.add(artifact);
        InstanceSpec spec = spec(name("a"), owner, artifact, freePort(), "2", Map.of("revision", "1"));
        created.add(spec.name());

        concurrently(4, () -> {
            send(artifact);
            engine.create(spec);
            engine.start(spec.name());
            return null;
        });

        assertThat(engine.list(owner)).hasSize(1);
        served(spec).awaitReady(readyWithin());
        served(spec).assertAnswers();
    }

    @Test
    void anotherEngineOverTheSameDeviceKnowsItsInstances() {
        ModelArtifact artifact = artifact();
        InstanceSpec spec = create("a", artifact);
        engine.start(spec.name());
        served(spec).awaitReady(readyWithin());

        engine.close();
        engine.close();
        engine = open();

        assertThat(engine.hasArtifact(artifact)).isTrue();
        assertThat(state(spec)).isIn(State.RUNNING, State.EXITED);
        engine.create(spec);
        engine.start(spec.name());
        served(spec).awaitReady(readyWithin());
        served(spec).assertAnswers();
    }

    private InstanceSpec create(String suffix, ModelArtifact artifact) {
        send(artifact);
        return create(spec(name(suffix), owner, artifact, freePort(), "2", Map.of("revision", "1")));
    }

    private InstanceSpec create(InstanceSpec spec) {
        created.add(spec.name());
        engine.create(spec);
        return spec;
    }

    private void send(ModelArtifact artifact) {
        sent.add(artifact);
        engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation());
    }

    private ModelArtifact artifact() {
        return ContractModel.artifact(UUID.randomUUID().toString());
    }

    private String name(String suffix) {
        return "contract-" + run + "-" + suffix;
    }

    private State state(InstanceSpec spec) {
        return engine.inspect(spec.name()).orElseThrow().state();
    }

    private static ServedModel served(InstanceSpec spec) {
        return new ServedModel(spec.hostPort(), spec.modelName());
    }

    private InstanceSpec spec(
            String name, String owner, ModelArtifact artifact, int port, String version, Map<String, String> labels) {
        return new InstanceSpec(
                name,
                owner,
                artifact.digest(),
                ContractModel.FILE,
                "relu",
                version,
                port,
                resources(),
                Map.of("MLOPS_CONTRACT", run),
                labels);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError("no free port", e);
        }
    }

    private static ObjectBody body(byte[] bytes) {
        return ObjectBody.of(bytes);
    }

    /** A file that breaks off after {@code given} of its 1,000 bytes. */
    private static ObjectBody failing(int given) {
        return new Stated(1_000, new SequenceInputStream(new ByteArrayInputStream(new byte[given]), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the source broke");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        }));
    }

    private static void concurrently(int threads, Callable<Void> work) throws InterruptedException, ExecutionException {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Void>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(executor.submit(work));
            }
            for (Future<Void> future : futures) {
                future.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private record Stated(long length, InputStream stream) implements ObjectBody {
        @Override
        public InputStream open() {
            return stream;
        }
    }
}
