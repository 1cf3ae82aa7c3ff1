package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Sources that behave in a known way. */
final class TestSources {
    private TestSources() {}

    static ContentSource bytes(byte[] bytes) {
        return ContentSource.of(bytes.length + " bytes", ObjectBody.of(bytes));
    }

    /** Gives its bytes once only, as a stream from the network does. */
    static ContentSource once(String name, byte[] bytes) {
        AtomicInteger opened = new AtomicInteger();
        return new Named(name) {
            @Override
            public InputStream open() throws IOException {
                if (opened.incrementAndGet() > 1) {
                    throw new IOException("was opened before");
                }
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /** Puts one content so that it is durable; nobody needs it. */
    static Stored put(ContentStore contents, ContentSource source) {
        try (ContentWriter writer = contents.writer(new Cancellation())) {
            Stored stored = writer.put(source);
            writer.flush();
            return stored;
        }
    }

    /** Fails after its first {@code good} bytes. */
    static ContentSource failing(String name, int good) {
        return ContentSource.of(name, TestBodies.failing(good + 1, new byte[good], "cable pulled from " + name));
    }

    static List<ContentSource> many(int count, int size) {
        List<ContentSource> sources = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sources.add(ContentSource.of("source " + i, ObjectBody.of(TestBodies.noise(size, i))));
        }
        return sources;
    }

    static Sha256 digestOf(ContentSource source) throws IOException {
        try (InputStream in = source.open()) {
            return Sha256.of(in.readAllBytes());
        }
    }

    /** Counts how many elements were taken. */
    static final class CountingIterator<T> implements Iterator<T> {
        private final Iterator<T> elements;
        private final AtomicInteger taken = new AtomicInteger();

        CountingIterator(Iterator<T> elements) {
            this.elements = elements;
        }

        int taken() {
            return taken.get();
        }

        @Override
        public boolean hasNext() {
            return elements.hasNext();
        }

        @Override
        public T next() {
            taken.incrementAndGet();
            return elements.next();
        }
    }

    private abstract static class Named implements ContentSource {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long sizeHint() {
            return -1;
        }
    }
}
