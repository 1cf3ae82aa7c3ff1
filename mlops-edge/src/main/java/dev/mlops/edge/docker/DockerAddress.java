package dev.mlops.edge.docker;

import dev.mlops.api.error.InvalidInputException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** Where an engine listens, and how an HTTP client reaches it. */
sealed interface DockerAddress {
    /** The address as Docker's tools write it, such as {@code unix:///var/run/docker.sock}. */
    URI uri();

    /** The address that requests carry. */
    HttpUrl base();

    /** Sets how the client connects. */
    OkHttpClient.Builder configure(OkHttpClient.Builder http);

    /** Reads the forms of {@code DOCKER_HOST}; those over TLS need {@code tls}. */
    static DockerAddress parse(URI uri, @Nullable Tls tls) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        return switch (scheme) {
            case "unix" -> new UnixAddress(socketOf(uri));
            case "tcp", "http" -> new TcpAddress(hostOf(uri), portOf(uri, tls == null ? 2375 : 2376), tls);
            case "https" -> new TcpAddress(hostOf(uri), portOf(uri, 2376), required(uri, tls));
            default ->
                throw invalid(
                        uri,
                        "must be unix:///path, tcp://host:port or https://host:port; use an SSH "
                                + "tunnel to a local socket in place of ssh://, and tcp:// in place of npipe://");
        };
    }

    /** The address of a Unix domain socket; its path is made absolute. */
    static URI ofSocket(Path socket) {
        try {
            String path = socket.toAbsolutePath().toString();
            return URI.create("unix://" + new URI(null, null, path, null).getRawPath());
        } catch (URISyntaxException e) {
            throw new InvalidInputException("Docker socket", socket, "must be a path of the local file system", e);
        }
    }

    private static Path socketOf(URI uri) {
        if (uri.getPath() == null || !uri.getPath().startsWith("/") || uri.getAuthority() != null) {
            throw invalid(uri, "must name an absolute path, such as unix:///var/run/docker.sock");
        }
        return Path.of(uri.getPath());
    }

    private static String hostOf(URI uri) {
        if (uri.getHost() == null) {
            throw invalid(uri, "must name a host, such as tcp://192.0.2.7:2375");
        }
        return uri.getHost();
    }

    private static int portOf(URI uri, int otherwise) {
        return uri.getPort() < 0 ? otherwise : uri.getPort();
    }

    private static Tls required(URI uri, @Nullable Tls tls) {
        if (tls == null) {
            throw invalid(uri, "needs an SSLContext: set tls(…) on the builder");
        }
        return tls;
    }

    private static InvalidInputException invalid(URI uri, String rule) {
        return new InvalidInputException("Docker host", uri, rule);
    }

    /** What TLS needs: the context with the client's key, and the manager that trusts the engine's certificate. */
    record Tls(SSLContext context, X509TrustManager trust) {}

    /** A Unix domain socket. */
    record UnixAddress(Path socket) implements DockerAddress {
        /** Docker takes any host name over its socket; this one never leaves the machine (RFC 6761). */
        private static final HttpUrl BASE =
                new HttpUrl.Builder().scheme("http").host("localhost").build();

        @Override
        public URI uri() {
            return ofSocket(socket);
        }

        @Override
        public HttpUrl base() {
            return BASE;
        }

        @Override
        public OkHttpClient.Builder configure(OkHttpClient.Builder http) {
            return http.socketFactory(new UnixSocketFactory(socket))
                    .dns(host -> List.of(InetAddress.getLoopbackAddress()))
                    .proxy(Proxy.NO_PROXY);
        }
    }

    /** TCP, with TLS if there is a context. */
    record TcpAddress(String host, int port, @Nullable Tls tls) implements DockerAddress {
        public TcpAddress {
            if (port < 1 || port > 65_535) {
                throw new InvalidInputException("Docker port", port, "must be 1 to 65535");
            }
        }

        @Override
        public URI uri() {
            return URI.create((tls == null ? "tcp://" : "https://") + host + ":" + port);
        }

        @Override
        public HttpUrl base() {
            String plainHost = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            return new HttpUrl.Builder()
                    .scheme(tls == null ? "http" : "https")
                    .host(plainHost)
                    .port(port)
                    .build();
        }

        @Override
        public OkHttpClient.Builder configure(OkHttpClient.Builder http) {
            return tls == null ? http : http.sslSocketFactory(tls.context().getSocketFactory(), tls.trust());
        }
    }
}
