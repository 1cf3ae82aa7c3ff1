package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.content.ContentStore.Receiver;
import dev.mlops.core.pack.BlobId;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One call of {@link ContentStore#readAll}: small contents in the order of the packs and in batches, large ones each. */
final class BulkRead {
    private static final String WHAT = "the reading of contents";
    private static final int BATCH_BYTES = 4 * 1024 * 1024;

    private final PackContentStore store;
    private final BlobReader reader;
    private final Receiver receiver;
    private final Cancellation cancellation;
    private final Crew crew = new Crew(WHAT);

    private record Wanted(BlobId id, BlobPlace place) {}

    BulkRead(PackContentStore store, BlobReader reader, Receiver receiver, Cancellation cancellation) {
        this.store = store;
        this.reader = reader;
        this.receiver = receiver;
        this.cancellation = cancellation;
    }

    void run(Collection<Sha256> digests, Executor executor, int parallelism) {
        List<Wanted> small = new ArrayList<>(digests.size());
        List<Wanted> large = new ArrayList<>();
        for (Sha256 digest : new HashSet<>(digests)) {
            BlobId id = BlobId.of(digest);
            BlobPlace place = reader.locate(id).orElseThrow(() -> store.missing(digest));
            (PackCatalog.isList(place) ? large : small).add(new Wanted(id, place));
        }
        small.sort(Comparator.<Wanted>comparingInt(one -> one.place().pack())
                .thenComparingInt(one -> one.place().offset()));
        List<List<Wanted>> batches = batches(small);
        large.forEach(one -> batches.add(List.of(one)));
        Iterator<List<Wanted>> work = batches.iterator();
        crew.run(executor, Math.min(2 * parallelism, Math.max(1, batches.size())), () -> {
            for (List<Wanted> batch = next(work); batch != null; batch = next(work)) {
                read(batch);
            }
        });
    }

    private static List<List<Wanted>> batches(List<Wanted> sorted) {
        List<List<Wanted>> batches = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < sorted.size(); i++) {
            bytes += sorted.get(i).place().rawLength();
            if (bytes >= BATCH_BYTES || i == sorted.size() - 1) {
                batches.add(sorted.subList(from, i + 1));
                from = i + 1;
                bytes = 0;
            }
        }
        return batches;
    }

    private @Nullable List<Wanted> next(Iterator<List<Wanted>> work) {
        synchronized (work) {
            check();
            return work.hasNext() ? work.next() : null;
        }
    }

    private void check() {
        cancellation.check(WHAT);
        crew.check();
    }

    private void read(List<Wanted> batch) throws IOException {
        if (PackCatalog.isList(batch.get(0).place())) {
            readLarge(batch.get(0).id().sha256());
            return;
        }
        List<BlobId> ids = batch.stream().map(Wanted::id).toList();
        reader.readEach(ids, (index, bytes, offset, length) -> {
            check();
            take(ids.get(index).sha256(), bytes, offset, length);
        });
    }

    private void readLarge(Sha256 digest) {
        try (InputStream in = store.open(digest)) {
            take(digest, store.size(digest), in);
        } catch (IOException e) {
            throw ContentFailures.of("cannot close content " + digest, e);
        }
    }

    private void take(Sha256 digest, byte[] bytes, int offset, int length) {
        try {
            receiver.take(digest, bytes, offset, length);
        } catch (IOException e) {
            throw ContentFailures.of("cannot take content " + digest, e);
        }
    }

    private void take(Sha256 digest, long size, InputStream in) {
        try {
            receiver.take(digest, size, in);
        } catch (IOException e) {
            throw ContentFailures.of("cannot take content " + digest, e);
        }
    }
}
