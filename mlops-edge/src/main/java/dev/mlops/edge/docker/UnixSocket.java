package dev.mlops.edge.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Socket} over a Unix domain socket. The JDK has no such socket, only a channel without read timeouts, so this
 * waits in selectors: {@code soTimeout} is kept to, and closing from another thread wakes a waiting reader and writer.
 * One thread may read while another writes.
 */
final class UnixSocket extends Socket {
    private final Path path;
    private volatile @Nullable Connection connection;
    private volatile boolean closed;
    private volatile int timeoutMillis;

    UnixSocket(Path path) {
        this.path = path;
    }

    @Override
    public void connect(SocketAddress ignored) throws IOException {
        connect(ignored, 0);
    }

    @Override
    public void connect(SocketAddress ignored, int timeout) throws IOException {
        Connection opened = new Connection(path);
        connection = opened;
        if (closed) {
            opened.close();
            throw new SocketException("Socket closed");
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        Connection open = connected();
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return length == 0 ? 0 : open.read(ByteBuffer.wrap(bytes, offset, length), timeoutMillis);
            }

            @Override
            public void close() throws IOException {
                UnixSocket.this.close();
            }
        };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        Connection open = connected();
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                open.write(ByteBuffer.wrap(bytes, offset, length));
            }

            @Override
            public void close() throws IOException {
                UnixSocket.this.close();
            }
        };
    }

    private Connection connected() throws SocketException {
        Connection open = connection;
        if (open == null || closed) {
            throw new SocketException(closed ? "Socket closed" : "Socket is not connected");
        }
        return open;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        Connection open = connection;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void shutdownInput() throws IOException {
        connected().channel.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        connected().channel.shutdownOutput();
    }

    @Override
    public synchronized void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public synchronized int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        // A Unix domain socket never delays.
    }

    @Override
    public boolean isConnected() {
        return connection != null;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public boolean isInputShutdown() {
        return closed;
    }

    @Override
    public boolean isOutputShutdown() {
        return closed;
    }

    @Override
    public String toString() {
        return "UnixSocket[" + path + "]";
    }

    /** The channel, never blocking, with one selector for each direction. */
    private static final class Connection {
        private final SocketChannel channel;
        private final Selector readable;
        private final Selector writable;

        Connection(Path path) throws IOException {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(path));
                channel.configureBlocking(false);
                readable = registered(SelectionKey.OP_READ);
                writable = registered(SelectionKey.OP_WRITE);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }

        private Selector registered(int operation) throws IOException {
            Selector selector = Selector.open();
            channel.register(selector, operation);
            return selector;
        }

        int read(ByteBuffer target, int timeoutMillis) throws IOException {
            int count = attempt(() -> channel.read(target));
            while (count == 0) {
                if (!await(readable, timeoutMillis)) {
                    throw new SocketTimeoutException("no answer within " + timeoutMillis + " ms");
                }
                count = attempt(() -> channel.read(target));
            }
            return count;
        }

        void write(ByteBuffer source) throws IOException {
            while (source.hasRemaining()) {
                if (attempt(() -> channel.write(source)) == 0) {
                    await(writable, 0);
                }
            }
        }

        private boolean await(Selector selector, int timeoutMillis) throws IOException {
            try {
                selector.select(timeoutMillis);
                boolean ready = !selector.selectedKeys().isEmpty();
                selector.selectedKeys().clear();
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while waiting for the engine");
                }
                if (!channel.isOpen()) {
                    throw new SocketException("Socket closed");
                }
                return ready;
            } catch (ClosedSelectorException e) {
                throw new SocketException("Socket closed");
            }
        }

        private static int attempt(Transfer transfer) throws IOException {
            try {
                return transfer.run();
            } catch (ClosedChannelException e) {
                throw new SocketException("Socket closed");
            }
        }

        void close() throws IOException {
            try (readable;
                    writable) {
                channel.close();
            }
        }
    }

    @FunctionalInterface
    private interface Transfer {
        int run() throws IOException;
    }
}
