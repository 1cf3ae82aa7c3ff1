package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.pack.BlobCodec;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobKind;
import dev.mlops.core.pack.FinishedPack;
import dev.mlops.core.pack.ListBuilder;
import dev.mlops.core.pack.PackBuilder;
import dev.mlops.core.pack.PackFooter;
import dev.mlops.core.pack.StoreFormat;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pack whose parts are all sound, but whose list is under the digest of another content. */
class WrongListTest {
    private static final int CHUNK = 700_000;
    private static final byte[] STORED = TestBodies.noise(3 * CHUNK, 1);
    private static final Sha256 ASKED = Sha256.of(TestBodies.noise(3 * CHUNK, 2));

    @TempDir
    Path directory;

    private PackStoreFixture fixture;
    private PackContentStore contents;

    @BeforeEach
    void putTheList() {
        fixture = new PackStoreFixture(directory);
        contents = fixture.open();
        try (PackBuilder builder = new PackBuilder(StoreFormat.DEFAULTS, new BlobCodec(StoreFormat.DEFAULTS))) {
            ListBuilder list = new ListBuilder((id, bytes) -> {});
            for (int at = 0; at < STORED.length; at += CHUNK) {
                byte[] chunk = Arrays.copyOfRange(STORED, at, at + CHUNK);
                BlobId id = BlobId.of(Sha256.of(chunk));
                builder.add(id, BlobKind.DATA, chunk, 0, CHUNK, false);
                list.add(id, CHUNK);
            }
            byte[] top = list.finish();
            builder.add(BlobId.of(ASKED), BlobKind.LIST, top, 0, top.length, false);
            FinishedPack pack = builder.finish();
            fixture.metadata.transaction(tx -> {
                tx.content().registerPack("session", pack.id(), pack.bytes());
                return 0;
            });
            fixture.objects.putIfAbsent(PackFooter.key(pack.id()), pack.body());
        }
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void isFoundByWhoReadsAll() throws IOException {
        assertRefused(() -> contents.verify(ASKED));
        assertRefused(() -> contents.copyTo(ASKED, directory.resolve("copy"), new Cancellation()));
        assertRefused(() -> contents.readAll(
                List.of(ASKED),
                (digest, size, in) -> in.transferTo(OutputStream.nullOutputStream()),
                new Cancellation()));
        assertThat(directory.resolve("copy")).doesNotExist();
        try (InputStream in = contents.open(ASKED);
                InputStream range = contents.open(ASKED, 0, Long.MAX_VALUE)) {
            assertThat(in.readNBytes(2 * CHUNK)).hasSize(2 * CHUNK);
            assertThatIOException()
                    .as("not a byte of the last part")
                    .isThrownBy(in::read)
                    .withCauseInstanceOf(IntegrityException.class);
            assertThatIOException().isThrownBy(in::read).withCauseInstanceOf(IntegrityException.class);
            assertThatIOException().isThrownBy(range::readAllBytes).withCauseInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void cannotBeFoundByWhoReadsARange() throws IOException {
        try (InputStream in = contents.open(ASKED, 1, Long.MAX_VALUE)) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(STORED, 1, STORED.length));
        }
    }

    @Test
    void isNotCopied(@TempDir Path elsewhere) {
        try (PackStoreFixture target = new PackStoreFixture(elsewhere)) {
            PackContentStore there = target.open();
            try (ContentWriter writer = there.writer(new Cancellation())) {
                assertRefused(() -> writer.copy(contents, ASKED));
                writer.flush();
            }
            assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> there.size(ASKED));
        }
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(call)
                .withMessageContaining(ASKED.hex())
                .withMessageContaining(Sha256.of(STORED).hex());
    }
}
