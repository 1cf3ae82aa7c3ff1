package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Deployment;
import dev.mlops.api.spi.device.InstanceStatus;
import java.io.IOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.Optional;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** Asks an instance over HTTP, as its users do, whether it serves (Open Inference Protocol v2). */
final class Probe {
    private static final MediaType JSON = MediaType.get("application/json");
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration INFERENCE = Duration.ofSeconds(30);
    private static final int SHOWN = 300;
    private static final long PEEKED = 64 << 10;

    private final OkHttpClient http;
    private final int passes;
    private final Duration interval;

    Probe(OkHttpClient http, DeployerSettings settings) {
        this.http = http.newBuilder()
                .proxy(Proxy.NO_PROXY)
                .followRedirects(false)
                .callTimeout(ANSWER)
                .readTimeout(Duration.ZERO)
                .build();
        this.passes = settings.probePasses();
        this.interval = settings.probeInterval();
    }

    /** Empty if the instance says that it is ready to serve the model, else what is wrong. */
    Optional<String> unready(Deployment deployment) {
        String base = "http://127.0.0.1:" + deployment.port() + "/v2";
        return refusal(http, get(base + "/health/ready"))
                .or(() -> refusal(http, get(base + "/models/" + deployment.modelName() + "/ready")));
    }

    /**
     * Returns when the instance answered the wanted number of inferences in a row.
     *
     * @throws NotReadyException if it ended, refuses the inference, or the time is over
     */
    void await(Job job) {
        Optional<String> inference = job.options()
                .probeBody()
                .or(() -> GoldenInference.body(job.version().signature()));
        long deadline = System.nanoTime() + job.options().readyTimeout().toNanos();
        int passed = 0;
        while (passed < passes) {
            job.checkCancelled();
            Optional<String> problem =
                    unready(job.deployment()).or(() -> inference.flatMap(body -> refusal(job, body, deadline)));
            passed = problem.isEmpty() ? passed + 1 : 0;
            problem.ifPresent(said -> requireRunning(job, said));
            if (problem.isPresent() && System.nanoTime() > deadline) {
                throw new NotReadyException(
                        "not ready within %s: %s".formatted(job.options().readyTimeout(), problem.get()));
            }
            if (passed < passes) {
                Pause.of(interval, "waiting for " + job.deployment());
            }
        }
    }

    private static void requireRunning(Job job, String problem) {
        String instance = job.deployment().instance();
        Optional<InstanceStatus> status = job.target().ask(engine -> engine.inspect(instance));
        if (status.filter(one -> one.state() == InstanceStatus.State.RUNNING).isEmpty()) {
            throw new NotReadyException("the instance ended before it was ready: %s"
                    .formatted(status.map(Probe::end).orElse("it is gone, and " + problem)));
        }
    }

    private static String end(InstanceStatus status) {
        String code = status.exitCode() == null ? "" : ", exit code " + status.exitCode();
        return status.state() + code + (status.detail().isEmpty() ? "" : ", " + status.detail());
    }

    private Optional<String> refusal(Job job, String body, long deadline) {
        Duration left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
        OkHttpClient patient = http.newBuilder()
                .callTimeout(left.compareTo(INFERENCE) < 0 ? left : INFERENCE)
                .build();
        Request request = new Request.Builder()
                .url(job.deployment().endpoint().toString())
                .post(RequestBody.create(body, JSON))
                .build();
        return refusal(patient, request);
    }

    private static Optional<String> refusal(OkHttpClient http, Request request) {
        String what = request.method() + " " + request.url();
        try (Response response = http.newCall(request).execute()) {
            if (response.code() == 200) {
                return Optional.empty();
            }
            String said = what + " answers " + response.code() + " " + shown(response);
            if (response.code() == 400 || response.code() == 422) {
                throw new NotReadyException(said + "; give DeployOptions.probe if the model takes no zeros");
            }
            return Optional.of(said);
        } catch (IOException e) {
            return Optional.of(what + " fails: " + e.getMessage());
        }
    }

    private static String shown(Response response) throws IOException {
        String text = response.peekBody(PEEKED)
                .string()
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }

    private static Request get(String url) {
        return new Request.Builder().url(url).build();
    }
}
