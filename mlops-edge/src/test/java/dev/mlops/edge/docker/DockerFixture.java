package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import dev.mlops.api.spi.device.InstanceStatus.State;
import dev.mlops.api.spi.device.ModelArtifact;
import dev.mlops.api.spi.object.ObjectBody;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** An engine over a real Docker Engine, and what a test made on it, which goes with the test. */
@Timeout(180)
abstract class DockerFixture {
    final String run = UUID.randomUUID().toString().substring(0, 8);
    final String owner = "it-" + run;
    private final List<String> created = new ArrayList<>();
    final List<ModelArtifact> sent = new ArrayList<>();
    private final OkHttpClient http = new OkHttpClient();
    DockerEngine engine;

    @BeforeEach
    void openEngine() {
        engine = RealEngine.withStandIn();
    }

    @AfterEach
    void removeWhatTheTestMade() {
        if (engine != null) {
            created.forEach(engine::remove);
            sent.forEach(engine::removeArtifact);
            engine.close();
        }
    }

    String engineImage() {
        return engine.session().call("look", docker -> docker.listImagesCmd().exec()).stream()
                .flatMap(image -> java.util.stream.Stream.of(image.getRepoTags()))
                .filter(tag -> tag.startsWith("mlops-test/runtime:"))
                .findFirst()
                .orElseThrow();
    }

    ModelArtifact send(String text) {
        ModelArtifact artifact = artifact(text);
        sent.add(artifact);
        engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation());
        return artifact;
    }

    ModelArtifact artifact(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new ModelArtifact(
                Sha256.of((run + text).getBytes(StandardCharsets.UTF_8)),
                List.of(new ModelArtifact.File("model.onnx", Sha256.of(bytes), ObjectBody.of(bytes))));
    }

    InstanceSpec create(String name, ModelArtifact artifact, Resources resources) {
        InstanceSpec spec = spec(name, artifact, resources);
        created.add(spec.name());
        engine.create(spec);
        return spec;
    }

    InstanceSpec spec(String name, ModelArtifact artifact, Resources resources) {
        return new InstanceSpec(
                name(name),
                owner,
                artifact.digest(),
                "model.onnx",
                "digits",
                "3",
                freePort(),
                resources,
                Map.of("GREETING", "hello world"),
                Map.of("deployment", "7"));
    }

    String name(String name) {
        return name + "-" + run;
    }

    InstanceSpec start(InstanceSpec spec) {
        engine.start(spec.name());
        await(() -> isReady(spec));
        return spec;
    }

    State state(InstanceSpec spec) {
        return engine.inspect(spec.name()).orElseThrow().state();
    }

    boolean isReady(InstanceSpec spec) {
        try {
            return get(spec, "/ready").equals("ready");
        } catch (java.io.UncheckedIOException e) {
            return false;
        }
    }

    String get(InstanceSpec spec, String path) {
        Request request = new Request.Builder()
                .url("http://127.0.0.1:" + spec.hostPort() + path)
                .build();
        try (Response response = http.newCall(request).execute()) {
            return response.body().string();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
