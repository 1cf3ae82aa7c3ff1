package dev.mlops.benchmarks.onnx;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * HTTP clients that each send the next request when the one before is answered, over connections that stay open, all in
 * one thread, so that they take little of the processors from the server.
 */
final class HttpLoad implements AutoCloseable {
    private static final byte[] END_OF_HEADERS = {'\r', '\n', '\r', '\n'};

    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    private final byte[] request;
    private long answers;
    private boolean isSending;

    private HttpLoad(Selector selector, byte[] request) {
        this.selector = selector;
        this.request = request;
    }

    /**
     * Connects the clients.
     *
     * @param request what each sends, headers and body
     */
    static HttpLoad connect(int port, int clients, byte[] request) throws IOException {
        HttpLoad load = new HttpLoad(Selector.open(), request);
        for (int i = 0; i < clients; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            Connection connection = load.new Connection(channel);
            channel.register(load.selector, SelectionKey.OP_READ, connection);
            load.connections.add(connection);
        }
        return load;
    }

    /** Requests a second that were answered, with 200, in this time. */
    double run(Duration time) throws IOException {
        answers = 0;
        isSending = true;
        long start = System.nanoTime();
        long end = start + time.toNanos();
        for (Connection connection : connections) {
            connection.send();
        }
        while (System.nanoTime() < end) {
            step();
        }
        double rate = answers * 1e9 / (System.nanoTime() - start);
        isSending = false;
        while (connections.stream().anyMatch(connection -> connection.isWaiting)) {
            step();
        }
        return rate;
    }

    private void step() throws IOException {
        selector.select(100);
        for (SelectionKey key : selector.selectedKeys()) {
            ((Connection) key.attachment()).readable();
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }

    private final class Connection {
        private final SocketChannel channel;
        private final ByteBuffer out = ByteBuffer.allocateDirect(request.length).put(request);
        private final ByteBuffer in = ByteBuffer.allocate(64 * 1024);
        private boolean isWaiting;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void send() throws IOException {
            out.rewind();
            while (out.hasRemaining()) {
                channel.write(out);
            }
            isWaiting = true;
        }

        void readable() throws IOException {
            if (channel.read(in) < 0) {
                throw new IOException("the server closed a connection");
            }
            if (isComplete()) {
                in.clear();
                isWaiting = false;
                answers++;
                if (isSending) {
                    send();
                }
            }
        }

        private boolean isComplete() throws IOException {
            int body = endOfHeaders();
            if (body < 0) {
                return false;
            }
            if (in.get(9) != '2') {
                throw new IOException(new String(in.array(), 0, in.position(), StandardCharsets.UTF_8));
            }
            return in.position() >= body + contentLength(body);
        }

        private int endOfHeaders() {
            for (int i = 0; i + 3 < in.position(); i++) {
                if (in.get(i) == '\r' && in.get(i + 2) == '\r' && in.get(i + 1) == '\n' && in.get(i + 3) == '\n') {
                    return i + END_OF_HEADERS.length;
                }
            }
            return -1;
        }

        private int contentLength(int end) throws IOException {
            String headers = new String(in.array(), 0, end, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
            int at = headers.indexOf("\r\ncontent-length:");
            if (at < 0) {
                throw new IOException("no Content-Length in " + headers);
            }
            int from = at + "\r\ncontent-length:".length();
            return Integer.parseInt(
                    headers.substring(from, headers.indexOf('\r', from)).trim());
        }
    }
}
