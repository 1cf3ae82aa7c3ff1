package dev.mlops.edge.docker;

import com.github.dockerjava.api.model.Info;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.api.spi.device.EngineInfo;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Devices that run Docker Engine 20.10 or later, or Podman behind its Docker API. Thread-safe.
 *
 * <p>Model files go into a named volume a model, {@code mlops-model-<sha256>}, which every instance of that model mounts
 * read-only. An instance is a container {@code mlops-instance-<name>} of the runtime image (see {@link RuntimeImage}):
 * user 65532, read-only root, no capabilities, no new privileges, limits on memory, processors, processes and logs, one
 * port on the device's loopback address. Whoever can reach an engine is root on its machine: use TCP without TLS only
 * inside a tunnel.
 *
 * <p>The labels {@code dev.mlops.edge.*} say what is ours; a container or volume without them is never changed, and a
 * call that would need its name fails with {@link dev.mlops.api.error.ConflictException}.
 */
public final class DockerEngine implements DeviceEngine {
    /** Where Docker Engine listens unless it is told otherwise. */
    public static final Path DEFAULT_SOCKET = Path.of("/var/run/docker.sock");

    /** The runtime image unless the builder is told otherwise. */
    public static final String DEFAULT_RUNTIME_IMAGE = "mlops-runtime:latest";

    private final DockerSession session;
    private final ModelVolumes volumes;
    private final Instances instances;

    private DockerEngine(Builder builder) {
        DockerAddress address = DockerAddress.parse(builder.host, builder.tls);
        session = new DockerSession(address, new OkHttpDockerHttpClient(builder.client(address), address.base()));
        Helpers helpers = new Helpers(session, builder.runtimeImage);
        volumes = new ModelVolumes(session, helpers);
        instances = new Instances(session, helpers, volumes, builder.runtimeImage, builder.publishAddress);
    }

    /** The engine behind {@code /var/run/docker.sock}. Connects at the first call. */
    public static DockerEngine overUnixSocket() {
        return overUnixSocket(DEFAULT_SOCKET);
    }

    /** The engine behind a Unix domain socket. Connects at the first call. */
    public static DockerEngine overUnixSocket(Path socket) {
        return fromUri(DockerAddress.ofSocket(socket));
    }

    /** The engine behind a TCP port without TLS, such as the end of a tunnel. Connects at the first call. */
    public static DockerEngine overTcp(String host, int port) {
        return fromUri(URI.create("tcp://" + host + ":" + port));
    }

    /**
     * The engine at an address in the forms of {@code DOCKER_HOST}. Connects at the first call.
     *
     * @throws InvalidInputException if it is none of {@code unix:///path} and {@code tcp://host:port}; for TLS use the
     *     builder
     */
    public static DockerEngine fromUri(URI dockerHost) {
        return builder(dockerHost).build();
    }

    /** A builder for the engine at an address in the forms of {@code DOCKER_HOST}. */
    public static Builder builder(URI dockerHost) {
        return new Builder(dockerHost);
    }

    @Override
    public String describe() {
        return session.describe();
    }

    @Override
    public EngineInfo info() {
        Info info = session.call("info", docker -> docker.infoCmd().exec());
        if (info.getServerVersion() == null || info.getNCPU() == null || info.getMemTotal() == null) {
            throw new UnavailableException(describe() + " does not say what it is; is Docker Engine there?");
        }
        return new EngineInfo(
                "docker",
                info.getServerVersion(),
                session.version("info").toString(),
                String.valueOf(info.getOsType()),
                dockerName(String.valueOf(info.getArchitecture())),
                info.getNCPU(),
                info.getMemTotal(),
                freeDisk(info.getDockerRootDir()));
    }

    private static String dockerName(String kernelName) {
        return switch (kernelName) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> kernelName;
        };
    }

    /** The API does not tell; the file system does, where the engine is on this machine. */
    private long freeDisk(@Nullable String dockerRoot) {
        if (dockerRoot == null || !(session.address() instanceof DockerAddress.UnixAddress)) {
            return -1;
        }
        try {
            Path root = Path.of(dockerRoot);
            return Files.isDirectory(root) ? Files.getFileStore(root).getUsableSpace() : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public void ensureArtifact(ModelArtifact artifact, ProgressListener progress, Cancellation cancellation) {
        volumes.ensure(artifact, progress, cancellation);
    }

    @Override
    public boolean hasArtifact(ModelArtifact artifact) {
        return volumes.has(artifact);
    }

    @Override
    public boolean removeArtifact(ModelArtifact artifact) {
        return volumes.remove(artifact);
    }

    @Override
    public void create(InstanceSpec spec) {
        instances.create(spec);
    }

    @Override
    public void start(String instance) {
        instances.start(instance);
    }

    @Override
    public void stop(String instance, Duration grace) {
        instances.stop(instance, grace);
    }

    @Override
    public void remove(String instance) {
        instances.remove(instance);
    }

    @Override
    public Optional<InstanceStatus> inspect(String instance) {
        return instances.inspect(instance);
    }

    @Override
    public List<InstanceStatus> list(String owner) {
        return instances.list(owner);
    }

    @Override
    public List<String> logs(String instance, int lines) {
        return instances.logs(instance, lines);
    }

    DockerSession session() {
        return session;
    }

    @Override
    public void close() {
        session.close();
    }

    @Override
    public String toString() {
        return describe();
    }

    /** Options of an engine; each has a default. */
    public static final class Builder {
        private final URI host;
        private OkHttpClient http = new OkHttpClient();
        private DockerAddress.@Nullable Tls tls;
        private String runtimeImage = DEFAULT_RUNTIME_IMAGE;
        private String publishAddress = "127.0.0.1";
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration readTimeout = Duration.ofSeconds(60);

        private Builder(URI host) {
            this.host = host;
        }

        /** The client whose interceptors and dispatcher are used; connections and timeouts are the engine's own. */
        public Builder http(OkHttpClient http) {
            this.http = http;
            return this;
        }

        /**
         * Speaks TLS over TCP.
         *
         * @param context holds this client's key, if the engine asks for one
         * @param trust decides whether the engine's certificate is trusted; the one that {@code context} uses
         */
        public Builder tls(SSLContext context, X509TrustManager trust) {
            this.tls = new DockerAddress.Tls(context, trust);
            return this;
        }

        /** The image that instances run, {@value DockerEngine#DEFAULT_RUNTIME_IMAGE} by default. */
        public Builder runtimeImage(String image) {
            if (image.isBlank()) {
                throw new InvalidInputException("runtime image", image, "must name an image");
            }
            this.runtimeImage = image;
            return this;
        }

        /** The device's address on which instances listen, 127.0.0.1 by default: only programs on the device see them. */
        public Builder publishAddress(String address) {
            if (!address.matches("[0-9a-fA-F.:]+")) {
                throw new InvalidInputException("publish address", address, "must be a numeric IP address");
            }
            this.publishAddress = address;
            return this;
        }

        /** How long connecting may take, 10 s by default. */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = positive("connect timeout", timeout);
            return this;
        }

        /**
         * How long the engine may be silent in the middle of a call, 60 s by default. Calls that take it long, such as
         * the stop of an instance and the end of a transfer, have more.
         */
        public Builder readTimeout(Duration timeout) {
            this.readTimeout = positive("read timeout", timeout);
            return this;
        }

        private static Duration positive(String field, Duration timeout) {
            if (timeout.isNegative() || timeout.toMillis() == 0) {
                throw new InvalidInputException(field, timeout, "must be 1 ms or more");
            }
            return timeout;
        }

        /**
         * Builds the engine, which connects at the first call.
         *
         * @throws InvalidInputException if the address is of no known form, or needs TLS and there is none
         */
        public DockerEngine build() {
            return new DockerEngine(this);
        }

        private OkHttpClient client(DockerAddress address) {
            return address.configure(http.newBuilder())
                    .connectionPool(new ConnectionPool(5, 1, TimeUnit.MINUTES))
                    .connectTimeout(connectTimeout)
                    .readTimeout(readTimeout)
                    .writeTimeout(readTimeout)
                    .callTimeout(Duration.ZERO)
                    .followRedirects(false)
                    .build();
        }
    }
}
