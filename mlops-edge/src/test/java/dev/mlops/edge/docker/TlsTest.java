package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.UnavailableException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path directory;

    private KeyStore keys;
    private SSLContext context;
    private X509TrustManager trust;

    @BeforeEach
    void makeKey() throws Exception {
        Path file = directory.resolve("key.p12");
        LocalTool.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                "CN=engine",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD)));
        keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("engine", keys.getCertificate("key"));
        trusted.init(certificates);
        trust = (X509TrustManager) trusted.getTrustManagers()[0];
        context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    }

    @Test
    void speaksTlsBothSidesWithTheirKeys() throws Exception {
        SSLServerSocket server = server();
        server.setNeedClientAuth(true);
        try (FakeDaemon daemon = FakeDaemon.onTcp(server, FakeDaemon.speaking("1.24", "1.43", TlsTest::info));
                DockerEngine engine =
                        DockerEngine.builder(daemon.uri()).tls(context, trust).build()) {
            assertThat(engine.info().apiVersion()).isEqualTo("1.43");
            assertThat(engine.describe()).startsWith("docker at https://127.0.0.1:");
        }
    }

    @Test
    void refusesAnEngineWhoseCertificateIsNotTrusted() throws Exception {
        X509TrustManager nobody = new TrustsNobody();
        SSLContext suspicious = SSLContext.getInstance("TLS");
        suspicious.init(null, new X509TrustManager[] {nobody}, null);
        try (FakeDaemon daemon = FakeDaemon.onTcp(server(), FakeDaemon.speaking("1.24", "1.43", TlsTest::info));
                DockerEngine engine = DockerEngine.builder(
                                URI.create(daemon.uri().toString().replace("tcp:", "https:")))
                        .tls(suspicious, nobody)
                        .build()) {
            assertThatThrownBy(engine::info).isInstanceOf(UnavailableException.class);
            assertThat(daemon.requests()).isEmpty();
        }
    }

    private SSLServerSocket server() throws Exception {
        return (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    private static boolean info(FakeDaemon.Request request) throws java.io.IOException {
        return request.answer(200, "{\"ServerVersion\":\"27.0\",\"NCPU\":4,\"MemTotal\":1024}");
    }

    private static final class TrustsNobody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
                throws java.security.cert.CertificateException {
            throw new java.security.cert.CertificateException("nobody");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
                throws java.security.cert.CertificateException {
            throw new java.security.cert.CertificateException("nobody");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
