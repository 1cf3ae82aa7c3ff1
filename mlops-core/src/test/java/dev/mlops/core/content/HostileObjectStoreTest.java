package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.api.spi.object.PutResult;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object store that lies in one way or another must not make the content store give wrong bytes. */
class HostileObjectStoreTest {
    private static final int LARGE = 2 * Blocks.BLOCK + 100;
    private static final byte[] BYTES = TestBodies.noise(LARGE, 1);
    private static final Sha256 DIGEST = Sha256.of(BYTES);

    @TempDir
    Path directory;

    private FileObjectStore honest;

    @BeforeEach
    void putContent() {
        honest = FileObjectStore.open(directory);
        contents(honest).put(TestSources.bytes(BYTES));
    }

    @AfterEach
    void close() {
        honest.close();
    }

    @Test
    void findsBytesAddedAtTheEnd() throws IOException {
        assertDamaged(new Lying() {
            @Override
            public InputStream get(String key) {
                return new SequenceInputStream(honest.get(key), new ByteArrayInputStream(new byte[1]));
            }
        });
    }

    @Test
    void findsThatAnotherObjectIsGiven() throws IOException {
        assertDamaged(new Lying() {
            @Override
            public InputStream get(String key) {
                return new ByteArrayInputStream(new byte[LARGE]);
            }
        });
    }

    @Test
    void findsThatTheRangeIsAnotherOne() throws IOException {
        ObjectStore ignoresRanges = new Lying() {
            @Override
            public InputStream get(String key, long offset, long length) {
                return honest.get(key);
            }
        };
        try (InputStream in = contents(ignoresRanges).open(DIGEST, Blocks.BLOCK, 10)) {
            assertThatIOException().isThrownBy(in::read).withCauseInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void findsThatASizeIsTooSmallForTheBytes() {
        for (long size : new long[] {0, 5}) {
            assertThatExceptionOfType(IntegrityException.class)
                    .as("%d bytes", size)
                    .isThrownBy(() -> readFrom(claiming(size), 1))
                    .withMessageContaining(DIGEST.hex());
        }
    }

    @Test
    void countsTheBytesItselfWhenTheSizeOfALargeContentIsAnotherOne() {
        for (long size : new long[] {LARGE - 1, LARGE + 1, Integer.MAX_VALUE * 100L, Long.MAX_VALUE}) {
            assertThat(readFrom(claiming(size), LARGE - 10)).isEqualTo(Arrays.copyOfRange(BYTES, LARGE - 10, LARGE));
        }
    }

    private ObjectStore claiming(long size) {
        return new Lying() {
            @Override
            public Optional<ObjectInfo> head(String key) {
                return honest.head(key).map(info -> new ObjectInfo(key, size, info.createdAt()));
            }
        };
    }

    private byte[] readFrom(ObjectStore store, long offset) {
        try (InputStream in = contents(store).open(DIGEST, offset, LARGE)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw ContentFailures.of("cannot read", e);
        }
    }

    @Test
    void passesOnThatTheConnectionBroke() throws IOException {
        ObjectStore breaks = new Lying() {
            @Override
            public InputStream get(String key) {
                try {
                    return TestBodies.failing(LARGE, new byte[1_000_000], "connection reset")
                            .open();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        };
        try (InputStream in = contents(breaks).open(DIGEST)) {
            assertThatIOException().isThrownBy(in::readAllBytes).withMessage("connection reset");
        }
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> contents(breaks).verify(DIGEST))
                .withMessageContaining("connection reset");
    }

    @Test
    void readsRangesWhereTheBlockDigestsCannotBeStoredAgain() throws IOException {
        ObjectStore readOnly = new Lying() {
            @Override
            public PutResult putIfAbsent(String key, ObjectBody body) {
                throw new UnavailableException("read-only");
            }

            @Override
            public boolean delete(String key) {
                throw new UnavailableException("read-only");
            }
        };
        honest.delete("blocks/%s/%s".formatted(DIGEST.hex().substring(0, 2), DIGEST));

        try (InputStream in = contents(readOnly).open(DIGEST, Blocks.BLOCK, 1)) {
            assertThat(in.read()).isEqualTo(BYTES[Blocks.BLOCK] & 0xff);
        }
    }

    private void assertDamaged(ObjectStore store) throws IOException {
        ContentStore contents = contents(store);
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> contents.verify(DIGEST))
                .withMessageContaining(DIGEST.hex());
        try (InputStream in = contents.open(DIGEST)) {
            assertThatIOException().isThrownBy(() -> in.readNBytes(LARGE));
        }
    }

    private ObjectContentStore contents(ObjectStore objects) {
        return new ObjectContentStore(objects, directory.resolve("stage"), Runnable::run, 1);
    }

    /** Passes everything on. */
    private class Lying implements ObjectStore {
        @Override
        public PutResult putIfAbsent(String key, ObjectBody body) {
            return honest.putIfAbsent(key, body);
        }

        @Override
        public InputStream get(String key) {
            return honest.get(key);
        }

        @Override
        public InputStream get(String key, long offset, long length) {
            return honest.get(key, offset, length);
        }

        @Override
        public Optional<ObjectInfo> head(String key) {
            return honest.head(key);
        }

        @Override
        public Iterator<ObjectInfo> list(String prefix) {
            return honest.list(prefix);
        }

        @Override
        public boolean delete(String key) {
            return honest.delete(key);
        }

        @Override
        public String describe() {
            return "a liar";
        }

        @Override
        public void close() {
            honest.close();
        }
    }
}
