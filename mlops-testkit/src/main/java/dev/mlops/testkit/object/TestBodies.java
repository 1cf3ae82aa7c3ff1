package dev.mlops.testkit.object;

import dev.mlops.api.spi.object.ObjectBody;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Bodies that behave well or badly in a known way, for tests of object stores. */
public final class TestBodies {
    private TestBodies() {}

    /** The UTF-8 bytes of a text. */
    public static ObjectBody text(String text) {
        return ObjectBody.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** So many bytes that look random and are the same for the same seed. */
    public static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** A body that says {@code claimed} but gives {@code bytes}. */
    public static ObjectBody lying(long claimed, byte[] bytes) {
        return new ObjectBody() {
            @Override
            public long length() {
                return claimed;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /** A body that says {@code length}, gives {@code good} and then fails with {@code message}. */
    public static ObjectBody failing(long length, byte[] good, String message) {
        return new ObjectBody() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() {
                return new SequenceInputStream(new ByteArrayInputStream(good), new FailingInputStream(message));
            }
        };
    }

    private static final class FailingInputStream extends InputStream {
        private final String message;

        FailingInputStream(String message) {
            this.message = message;
        }

        @Override
        public int read() throws IOException {
            throw new IOException(message);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException(message);
        }
    }

    /** Counts the streams of a body that were opened and not closed. */
    static final class Tracked implements ObjectBody {
        private final ObjectBody body;
        private final AtomicInteger open = new AtomicInteger();

        Tracked(ObjectBody body) {
            this.body = body;
        }

        int openStreams() {
            return open.get();
        }

        @Override
        public long length() {
            return body.length();
        }

        @Override
        public InputStream open() throws IOException {
            InputStream in = body.open();
            open.incrementAndGet();
            return new FilterInputStream(in) {
                private boolean closed;

                @Override
                public void close() throws IOException {
                    if (!closed) {
                        closed = true;
                        open.decrementAndGet();
                    }
                    super.close();
                }
            };
        }
    }
}
