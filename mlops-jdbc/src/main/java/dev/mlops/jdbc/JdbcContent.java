package dev.mlops.jdbc;

import dev.mlops.api.spi.metadata.ContentRepository;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** What the content store remembers. */
final class JdbcContent implements ContentRepository {
    private final ContentPacks packs;
    private final ContentUses uses;
    private final ContentIndexes indexes;
    private final ContentCollection collection;
    private final ContentDamage damage;

    JdbcContent(Session session) {
        this.packs = new ContentPacks(session);
        this.uses = new ContentUses(session);
        this.indexes = new ContentIndexes(session);
        this.collection = new ContentCollection(session);
        this.damage = new ContentDamage(session);
    }

    @Override
    public void registerPack(String sessionId, String packId, long bytes) {
        packs.register(sessionId, packId, bytes);
    }

    @Override
    public void touchSession(String sessionId) {
        packs.touchSession(sessionId);
    }

    @Override
    public void endSession(String sessionId) {
        packs.endSession(sessionId);
    }

    @Override
    public Set<String> usePacks(ContentOwner owner, Collection<String> packIds) {
        return uses.add(owner, packIds);
    }

    @Override
    public void copyUses(ContentOwner from, ContentOwner to) {
        uses.copy(from, to);
    }

    @Override
    public Set<String> packsOf(ContentOwner owner) {
        return uses.packsOf(owner);
    }

    @Override
    public List<ContentOwner> ownersOf(String packId, int limit) {
        return uses.ownersOf(packId, limit);
    }

    @Override
    public List<PackRecord> packsAfter(long sequence, int limit) {
        return packs.after(sequence, limit);
    }

    @Override
    public Set<String> existing(Collection<String> packIds) {
        return packs.existing(packIds);
    }

    @Override
    public void addIndex(IndexRecord index, Collection<String> packIds) {
        indexes.add(index, packIds);
    }

    @Override
    public List<IndexRecord> indexes() {
        return indexes.inUse();
    }

    @Override
    public boolean replaceIndexes(IndexRecord index, Collection<String> replacedIds) {
        return indexes.replace(index, replacedIds);
    }

    @Override
    public int dropUnneededUses(Duration sessionTimeout) {
        return collection.dropUnneededUses(sessionTimeout);
    }

    @Override
    public List<PackRecord> unneeded(Duration sessionTimeout) {
        return collection.unneeded(sessionTimeout);
    }

    @Override
    public List<PackRecord> doomed(Duration grace, Duration sessionTimeout) {
        return collection.doomed(grace, sessionTimeout);
    }

    @Override
    public List<PackRecord> condemn() {
        return collection.condemn();
    }

    @Override
    public List<PackRecord> bury(Duration grace, int limit) {
        return collection.bury(grace, limit);
    }

    @Override
    public void forgetPacks(Collection<String> packIds) {
        collection.forget(packIds);
    }

    @Override
    public List<IndexRecord> replacedIndexes(Duration grace) {
        return indexes.replaced(grace);
    }

    @Override
    public void forgetIndexes(Collection<String> indexIds) {
        indexes.forget(indexIds);
    }

    @Override
    public List<PackRecord> leastRecentlyScrubbed(int limit) {
        return damage.leastRecentlyScrubbed(limit);
    }

    @Override
    public void scrubbed(String packId, Collection<String> damagedBlobs) {
        damage.scrubbed(packId, damagedBlobs);
    }

    @Override
    public void reportDamage(String packId, Collection<String> blobs) {
        damage.report(packId, blobs);
    }

    @Override
    public List<DamageRecord> damage() {
        return damage.list();
    }

    @Override
    public void mended(String damagedPackId, String blob, String otherPackId) {
        damage.mended(damagedPackId, blob, otherPackId);
    }
}
