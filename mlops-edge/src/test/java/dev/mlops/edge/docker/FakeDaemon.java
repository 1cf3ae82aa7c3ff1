package dev.mlops.edge.docker;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that speaks just enough HTTP to misbehave in every way that a test asks for. */
final class FakeDaemon implements AutoCloseable {
    /** Answers one request; returning false ends the connection. */
    @FunctionalInterface
    interface Behaviour {
        boolean answer(Request request) throws IOException;
    }

    /** A request whose head was read. */
    record Request(String line, InputStream in, OutputStream out, long length) {
        boolean isFor(String path) {
            return line.contains(path);
        }

        /** Sends a whole answer and keeps the connection. */
        boolean answer(int status, String body) throws IOException {
            return answer(status, body.getBytes(StandardCharsets.UTF_8));
        }

        boolean answer(int status, byte[] body) throws IOException {
            drain();
            head(status, "Content-Length: " + body.length);
            out.write(body);
            out.flush();
            return true;
        }

        void head(int status, String header) throws IOException {
            out.write(("HTTP/1.1 " + status + " Said\r\nContent-Type: application/json\r\n" + header + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }

        private void drain() throws IOException {
            for (long left = length; left > 0; left -= in.skip(left)) {
                // As long as there is something to skip.
            }
        }
    }

    private final Closeable server;
    private final URI uri;
    private final Collection<Closeable> open = new ConcurrentLinkedQueue<>();
    private final Collection<String> lines = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Behaviour behaviour;
    private volatile boolean closed;

    private FakeDaemon(Closeable server, URI uri, Behaviour behaviour) {
        this.server = server;
        this.uri = uri;
        this.behaviour = behaviour;
    }

    static FakeDaemon onUnixSocket(Path directory, Behaviour behaviour) throws IOException {
        Path socket = directory.resolve("d.sock");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        FakeDaemon daemon = new FakeDaemon(server, URI.create("unix://" + socket), behaviour);
        daemon.accept(() -> {
            SocketChannel channel = server.accept();
            return new Connection(channel, input(channel), output(channel));
        });
        return daemon;
    }

    static FakeDaemon onTcp(ServerSocket server, Behaviour behaviour) {
        FakeDaemon daemon = new FakeDaemon(server, URI.create("tcp://127.0.0.1:" + server.getLocalPort()), behaviour);
        daemon.accept(() -> {
            Socket socket = server.accept();
            return new Connection(socket, socket.getInputStream(), socket.getOutputStream());
        });
        return daemon;
    }

    /** A daemon of the API versions given, that answers everything else with {@code rest}. */
    static Behaviour speaking(String oldest, String newest, Behaviour rest) {
        return request -> request.line().startsWith("GET /version ")
                ? request.answer(200, "{\"ApiVersion\":\"%s\",\"MinAPIVersion\":\"%s\"}".formatted(newest, oldest))
                : rest.answer(request);
    }

    URI uri() {
        return uri;
    }

    void behave(Behaviour next) {
        behaviour = next;
    }

    List<String> requests() {
        return List.copyOf(lines);
    }

    int connections() {
        return connections.get();
    }

    private record Connection(Closeable line, InputStream in, OutputStream out) {}

    @FunctionalInterface
    private interface Acceptor {
        Connection accept() throws IOException;
    }

    private void accept(Acceptor acceptor) {
        start(() -> {
            while (!closed) {
                Connection connection = acceptor.accept();
                open.add(connection.line());
                connections.incrementAndGet();
                start(() -> serve(connection));
            }
        });
    }

    private static void start(Step step) {
        Thread thread = new Thread(() -> {
            try {
                step.run();
            } catch (IOException e) {
                // The client or the test ended the connection.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private void serve(Connection connection) throws IOException {
        InputStream in = new BufferedInputStream(connection.in());
        OutputStream out = new BufferedOutputStream(connection.out());
        Closeable open = connection.line();
        try (open) {
            for (String first = line(in); !first.isEmpty(); first = line(in)) {
                long length = 0;
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                        length = Long.parseLong(header.substring(15).strip());
                    }
                }
                lines.add(first);
                if (!behaviour.answer(new Request(first, in, out, length))) {
                    return;
                }
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private static InputStream input(SocketChannel channel) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return channel.read(ByteBuffer.wrap(bytes, offset, length));
            }
        };
    }

    private static OutputStream output(SocketChannel channel) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        };
    }

    /** Ends every connection and stops listening, as a daemon that is killed. */
    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
        for (Closeable connection : open) {
            connection.close();
        }
    }
}
