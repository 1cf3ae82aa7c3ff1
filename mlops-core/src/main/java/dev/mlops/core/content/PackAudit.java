package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobKind;
import dev.mlops.core.pack.ListNode;
import dev.mlops.core.pack.PackEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the upkeep of a content store must know of it: where blobs lie and what damage hurts. Thread-safe. */
public final class PackAudit {
    /** Stands for the pack of a blob of which nothing is known any more. */
    public static final String UNKNOWN = "";

    private final PackCatalog catalog;
    private final BlobReader reader;

    PackAudit(PackCatalog catalog, BlobReader reader) {
        this.catalog = catalog;
        this.reader = reader;
    }

    /** Takes in what changed: packs that are gone, and damage. */
    public void refresh() {
        catalog.reload();
    }

    /** Has an index written in the place of those that are damaged, from what the packs say of themselves. */
    public void mendIndexes(Set<String> damaged) {
        catalog.mendIndexes(damaged);
    }

    /** The blobs of a pack by offset, as far as indexes tell of them. */
    public List<PackEntry> entries(String packId) {
        return catalog.entries(packId);
    }

    /** Another pack than this one that has a blob, intact. */
    public Optional<String> intactCopy(PackEntry blob, String packId) {
        return catalog.all(blob.id()).stream()
                .filter(place -> place.kind() == blob.kind() && !catalog.isDamaged(place.pack(), blob.id()))
                .filter(place -> !catalog.pack(place.pack()).id().equals(packId) && isReadable(blob.id(), place))
                .map(place -> catalog.pack(place.pack()).id())
                .findFirst();
    }

    private boolean isReadable(BlobId id, BlobPlace place) {
        try {
            reader.readAt(id, place);
            return true;
        } catch (IntegrityException | NotFoundException e) {
            return false;
        }
    }

    /**
     * The damaged packs because of which a content cannot be read, {@link #UNKNOWN} among them if a part of it is in no
     * pack; empty if it can be read as far as is known. Only lists are read, not the content.
     */
    public Set<String> packsHurting(Sha256 content) {
        Set<String> packs = new HashSet<>();
        BlobId id = BlobId.of(content);
        BlobPlace place = reader.locate(id).orElse(null);
        if (place == null || place.kind() == BlobKind.DATA) {
            note(id, packs);
        } else {
            walk(null, 0, id, packs);
        }
        return packs;
    }

    /**
     * Adds the packs from which a content is read.
     *
     * @return true if all of its parts were found
     */
    public boolean addPacksHolding(Sha256 content, Set<String> packs) {
        BlobId id = BlobId.of(content);
        BlobPlace place = reader.locate(id).orElse(null);
        try {
            boolean isOneBlob = place == null || place.kind() == BlobKind.DATA;
            return isOneBlob ? hold(id, packs) : hold(null, 0, id, packs);
        } catch (IntegrityException | NotFoundException e) {
            return false;
        }
    }

    private boolean hold(@Nullable ListNode parent, int item, BlobId id, Set<String> packs) {
        byte[] bytes = reader.read(id);
        ListNode node = parent == null ? ListNode.parse(bytes) : parent.parseChild(item, bytes);
        boolean isWhole = hold(id, packs);
        for (int i = 0; i < node.count(); i++) {
            isWhole &= node.level() == 1 ? hold(node.id(i), packs) : hold(node, i, node.id(i), packs);
        }
        return isWhole;
    }

    private boolean hold(BlobId id, Set<String> packs) {
        BlobPlace place = catalog.find(id);
        if (place != null) {
            packs.add(catalog.pack(place.pack()).id());
        }
        return place != null;
    }

    private void walk(@Nullable ListNode parent, int item, BlobId id, Set<String> packs) {
        if (note(id, packs)) {
            return;
        }
        ListNode node;
        try {
            byte[] bytes = reader.read(id);
            node = parent == null ? ListNode.parse(bytes) : parent.parseChild(item, bytes);
        } catch (IntegrityException | NotFoundException e) {
            noteAll(id, packs);
            return;
        }
        for (int i = 0; i < node.count(); i++) {
            if (node.level() == 1) {
                note(node.id(i), packs);
            } else {
                walk(node, i, node.id(i), packs);
            }
        }
    }

    /** True if a blob is damaged wherever it is, or nowhere. */
    private boolean note(BlobId id, Set<String> packs) {
        if (catalog.find(id) != null) {
            return false;
        }
        noteAll(id, packs);
        return true;
    }

    private void noteAll(BlobId id, Set<String> packs) {
        List<BlobPlace> places = catalog.all(id);
        if (places.isEmpty()) {
            packs.add(UNKNOWN);
        }
        places.forEach(place -> packs.add(catalog.pack(place.pack()).id()));
    }
}
