package dev.mlops.core.storage;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.content.PackAudit;
import dev.mlops.core.pack.BlobCodec;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobKind;
import dev.mlops.core.pack.ListNode;
import dev.mlops.core.pack.PackEntry;
import dev.mlops.core.pack.PackFooter;
import dev.mlops.core.pack.StoreFormat;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a pack from its first byte to its last and checks each blob. Confined to one thread. */
final class PackCheck implements AutoCloseable {
    private static final int HEADER = 8;

    private final ObjectStore objects;
    private final PackAudit audit;
    private final Cancellation cancellation;
    private final BlobCodec codec = new BlobCodec(StoreFormat.DEFAULTS);

    PackCheck(ObjectStore objects, PackAudit audit, Cancellation cancellation) {
        this.objects = objects;
        this.audit = audit;
        this.cancellation = cancellation;
    }

    Finding check(PackRecord pack) {
        String key = PackFooter.key(pack.id());
        Optional<ObjectInfo> info = objects.head(key);
        if (info.isEmpty()) {
            return missing(pack);
        }
        try {
            List<PackEntry> entries =
                    PackFooter.read(objects, pack.id(), info.get().size());
            return checkBlobs(pack, entries, lengthProblem(pack, info.get()));
        } catch (NotFoundException e) {
            return missing(pack);
        } catch (IntegrityException e) {
            return checkWithoutFooter(pack, String.valueOf(e.getMessage()));
        }
    }

    private static String lengthProblem(PackRecord pack, ObjectInfo info) {
        return info.size() == pack.bytes()
                ? ""
                : "it has %d bytes and was written with %d".formatted(info.size(), pack.bytes());
    }

    private Finding missing(PackRecord pack) {
        List<PackEntry> entries = audit.entries(pack.id());
        return new Finding(0, "there is no such object", true, entries.isEmpty(), entries);
    }

    /** Its blobs can be read as long as an index tells of them, but count as damaged: they should be stored anew. */
    private Finding checkWithoutFooter(PackRecord pack, String problem) {
        List<PackEntry> entries = audit.entries(pack.id());
        return new Finding(0, problem, false, entries.isEmpty(), entries);
    }

    private Finding checkBlobs(PackRecord pack, List<PackEntry> entries, String lengthProblem) {
        String key = PackFooter.key(pack.id());
        List<PackEntry> damaged = new ArrayList<>();
        long position = 0;
        try (InputStream in = objects.get(key)) {
            boolean isStart = PackFooter.isStart(in.readNBytes(HEADER));
            position = HEADER;
            for (PackEntry entry : entries) {
                cancellation.check("the scrub");
                byte[] stored = in.readNBytes(entry.storedLength());
                position += stored.length;
                if (!isIntact(entry, stored)) {
                    damaged.add(entry);
                }
            }
            if (!isStart) {
                return new Finding(position, "it does not start like a pack", false, false, entries);
            }
        } catch (EOFException e) {
            return new Finding(position, "it ends early", false, false, entries);
        } catch (IOException e) {
            if (e.getCause() instanceof IntegrityException) {
                return new Finding(position, "it cannot be read: " + e.getMessage(), false, false, entries);
            }
            throw new UnavailableException("cannot read %s: %s".formatted(key, e), e);
        }
        String problem = damaged.isEmpty()
                ? lengthProblem
                : "%d of its %d blobs are damaged".formatted(damaged.size(), entries.size());
        return new Finding(position, problem, false, false, damaged);
    }

    private boolean isIntact(PackEntry entry, byte[] stored) {
        if (stored.length != entry.storedLength()) {
            return false;
        }
        try {
            byte[] raw = codec.decode(stored, 0, stored.length, entry.rawLength());
            if (entry.kind() == BlobKind.LIST) {
                ListNode.parse(raw);
                return true;
            }
            return BlobId.ofDigest(Sha256.newDigest().digest(raw)).equals(entry.id());
        } catch (IntegrityException e) {
            return false;
        }
    }

    @Override
    public void close() {
        codec.close();
    }
}
