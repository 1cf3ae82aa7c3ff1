package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.core.content.PackUploads.Lane;
import dev.mlops.core.pack.BlobCodec;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobKind;
import dev.mlops.core.pack.FinishedPack;
import dev.mlops.core.pack.PackBuilder;
import dev.mlops.core.pack.StoreFormat;
import dev.mlops.testkit.object.TestBodies;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pack buffers that are all in use, and an executor that gives no thread. */
@Timeout(20)
class PackUploadsTest {
    private static final int BYTES = 1_000;

    private final List<FinishedPack> uploaded = Collections.synchronizedList(new ArrayList<>());
    private final PackUploads uploads = new PackUploads(
            task -> {
                throw new RejectedExecutionException("full");
            },
            1,
            () -> new PackBuilder(StoreFormat.DEFAULTS, new BlobCodec(StoreFormat.DEFAULTS)),
            uploaded::add);

    @AfterEach
    void abandon() {
        uploads.abandon();
    }

    private void put(Lane lane, int seed) {
        PackBuilder pack = uploads.take(lane, BYTES);
        fill(pack, seed);
        uploads.putBack(lane, pack);
    }

    private static void fill(PackBuilder pack, int seed) {
        byte[] bytes = TestBodies.noise(BYTES, seed);
        pack.add(BlobId.ofDigest(new byte[32]), BlobKind.DATA, bytes, 0, BYTES, false);
    }

    @Test
    void uploadsAPackWithRoomWhenTheOtherLaneNeedsItsBuffer() {
        put(Lane.DATA, 1);
        put(Lane.DATA, 2);
        put(Lane.METADATA, 3);
        put(Lane.DATA, 4);
        uploads.finish();

        assertThat(uploaded).extracting(pack -> pack.entries().size()).containsExactly(2, 1, 1);
    }

    @Test
    void givesTheBufferOfOneThreadToAnotherThatWaitsForIt() {
        for (Lane lane : Lane.values()) {
            PackBuilder pack = uploads.take(Lane.DATA, BYTES);
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> put(lane, 2));
            fill(pack, 1);
            uploads.putBack(Lane.DATA, pack);

            other.join();
        }
    }

    @Test
    void givesABufferBackThatNothingWasAddedTo() {
        uploads.putBack(Lane.DATA, uploads.take(Lane.DATA, BYTES));
        put(Lane.METADATA, 1);
        uploads.finish();

        assertThat(uploaded).hasSize(1);
    }
}
