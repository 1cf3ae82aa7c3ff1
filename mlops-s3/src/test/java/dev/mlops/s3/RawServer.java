package dev.mlops.s3;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every request with the same bytes, whatever they are, and closes the connection; or never answers. */
final class RawServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RawServer.class);

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicInteger connections = new AtomicInteger();
    private final String answer;

    private RawServer(String answer) throws IOException {
        this.answer = answer;
        Thread thread = new Thread(this::serve, "raw server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Lines are ended as HTTP wants it. */
    static RawServer answering(String answer) throws IOException {
        return new RawServer(answer.replace("\n", "\r\n"));
    }

    static RawServer silent() throws IOException {
        return new RawServer("");
    }

    int connections() {
        return connections.get();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                if (!answer.isEmpty()) {
                    answer(socket);
                }
            } catch (IOException e) {
                LOG.trace("closed by the client or by the test", e);
            }
        }
    }

    private void answer(Socket socket) throws IOException {
        try (socket) {
            BufferedReader request =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            request.lines().takeWhile(line -> !line.isEmpty()).forEach(line -> LOG.trace("got {}", line));
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
