package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.EdgeDeployer;
import dev.mlops.api.edge.InstanceHealth;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.edge.deploy.ReconcilingEdgeDeployer;
import dev.mlops.onnx.device.InProcessEngine;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A device: deploy, ask over HTTP, update, stop, start and remove. The engine is this process; Docker is another. */
public final class DeployInProcess {
    private static final String QUESTION = """
            {"inputs": [{"name": "x", "shape": [1, 3], "datatype": "FP32", "data": [1, 2, 3]},
                        {"name": "factor", "shape": [], "datatype": "FP32", "data": [10]}]}
            """;

    private DeployInProcess() {}

    /** Runs it; the optional argument is a directory to keep everything in. */
    public static void main(String[] args) {
        Programs.run(out -> {
            Path work = Programs.temporaryDirectory();
            try (Mlops mlops = Programs.open(args, out);
                    DeviceEngine engine = InProcessEngine.open(work.resolve("engine"))) {
                run(mlops.projects().openOrCreate("edge"), engine, work, out);
            }
        });
    }

    static Outcome run(Project project, DeviceEngine engine, Path work, PrintStream out) {
        List<String> answers = new ArrayList<>();
        List<InstanceHealth.State> health = new ArrayList<>();
        try (EdgeDeployer edge = ReconcilingEdgeDeployer.of(project, engine)) {
            Device device = edge.register("bench");
            out.println(edge.check(device));
            Deployment first = edge.deploy(importVersion(project, work, 0), device);
            answers.add(ask(first.endpoint()));
            Deployment second = edge.deploy(importVersion(project, work, 0.5f), device);
            answers.add(ask(second.endpoint()));
            answers.forEach(out::println);

            edge.stop(second);
            health.add(edge.health(second).state());
            edge.start(second);
            health.add(edge.health(second).state());
            edge.remove(second);
            health.add(edge.health(second).state());
            out.println("stopped, started, removed: " + health);
            List<Deployment> history = edge.history(device).toList();
            history.forEach(out::println);
            return new Outcome(answers, health, history);
        }
    }

    private static ModelVersion importVersion(Project project, Path work, float offset) {
        return project.models()
                .importVersion("tiny", ImportSource.file(TinyModel.write(work.resolve("tiny.onnx"), offset)));
    }

    private static String ask(URI endpoint) {
        HttpRequest request = HttpRequest.newBuilder(endpoint)
                .POST(BodyPublishers.ofString(QUESTION))
                .build();
        try {
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(endpoint + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + endpoint, e);
        }
    }

    /** The answers of both versions, the health after stop, start and remove, and all deployments, newest first. */
    record Outcome(List<String> answers, List<InstanceHealth.State> health, List<Deployment> history) {}
}
