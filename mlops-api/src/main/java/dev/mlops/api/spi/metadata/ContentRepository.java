package dev.mlops.api.spi.metadata;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What the content store must remember beside its objects: which packs there are, who needs them, which sessions write,
 * which indexes hold their blobs, and what was found damaged. Ages are measured by the database's own clock.
 *
 * <p>A pack is {@link PackState#LIVE} from its registration. It is needed while an owner uses it or a session that is
 * not timed out protects it. One that nobody needs is condemned, after a grace period it is dead, then its object is
 * deleted and it is forgotten. Using a condemned pack brings it back; a dead one never comes back.
 *
 * <p>Methods that use, condemn or bury packs lock them until the end of the transaction, so that a pack that is used by
 * a committed transaction is never dead.
 */
public interface ContentRepository {
    /**
     * Registers a pack, before its object is written, and protects it by a session, which is made with its first pack
     * and counts as alive from now on.
     *
     * @param sessionId an id that the writer chose
     * @param packId the pack's id, 64 hexadecimal digits, never registered before
     * @param bytes the size of its object
     */
    void registerPack(String sessionId, String packId, long bytes);

    /** Says that a session is alive; one that timed out is alive again. Does nothing if there is none. */
    void touchSession(String sessionId);

    /** Ends a session with its protection. Idempotent. */
    void endSession(String sessionId);

    /**
     * Makes an owner use packs, in addition to those that it uses already. Condemned packs become live.
     *
     * @return those that are dead or not known, which are not used then; empty when all is well
     */
    Set<String> usePacks(ContentOwner owner, Collection<String> packIds);

    /** Makes an owner use what another uses. */
    void copyUses(ContentOwner from, ContentOwner to);

    /** The packs that an owner uses. */
    Set<String> packsOf(ContentOwner owner);

    /** The owners that use a pack, at most {@code limit}. */
    List<ContentOwner> ownersOf(String packId, int limit);

    /** The packs that are not dead, with a sequence number above {@code sequence}, in its order, at most {@code limit}. */
    List<PackRecord> packsAfter(long sequence, int limit);

    /** Of the given packs those that are registered and not dead. */
    Set<String> existing(Collection<String> packIds);

    /**
     * Registers an index that lists the blobs of packs, before its object is written or after; from now on these packs
     * count as indexed.
     */
    void addIndex(IndexRecord index, Collection<String> packIds);

    /** The indexes in use, oldest first. */
    List<IndexRecord> indexes();

    /**
     * Puts one index in the place of several, which are condemned.
     *
     * @return false, and nothing is changed, if one of them is not in use any more
     */
    boolean replaceIndexes(IndexRecord index, Collection<String> replacedIds);

    /**
     * Takes away the uses of owners that are gone (deleted data set versions, purged runs, deleted model versions) and
     * the sessions that were not alive for {@code timeout}. Must be called before {@link #condemn}.
     *
     * @return the number of owners and sessions whose uses were taken away
     */
    int dropUnneededUses(Duration sessionTimeout);

    /** Packs that nobody needs and that are live, without changing anything: what {@link #condemn} would condemn. */
    List<PackRecord> unneeded(Duration sessionTimeout);

    /**
     * The packs that {@link #bury} would make dead, or that are dead already, if {@link #dropUnneededUses} were called
     * before it; changes nothing.
     */
    List<PackRecord> doomed(Duration grace, Duration sessionTimeout);

    /** Condemns live packs that nobody needs and brings back condemned ones that somebody needs; gives those that it condemned. */
    List<PackRecord> condemn();

    /**
     * Makes packs dead that were condemned at least {@code grace} ago and that nobody needs.
     *
     * @return all dead packs, also those of earlier calls that were not forgotten yet, at most {@code limit}
     */
    List<PackRecord> bury(Duration grace, int limit);

    /** Forgets dead packs, after their objects were deleted. */
    void forgetPacks(Collection<String> packIds);

    /** Replaced indexes that were replaced at least {@code grace} ago. */
    List<IndexRecord> replacedIndexes(Duration grace);

    /** Forgets replaced indexes, after their objects were deleted. */
    void forgetIndexes(Collection<String> indexIds);

    /** The packs that were scrubbed longest ago (never scrubbed first), not dead, at most {@code limit}. */
    List<PackRecord> leastRecentlyScrubbed(int limit);

    /** Notes that a pack was scrubbed now, and which of its blobs were found damaged; replaces what was noted before. */
    void scrubbed(String packId, Collection<String> damagedBlobs);

    /**
     * Notes damage that was found while reading, in addition to what is noted.
     *
     * @param blobs the hexadecimal ids of the damaged blobs; empty if the whole pack is missing or unreadable
     */
    void reportDamage(String packId, Collection<String> blobs);

    /** What is damaged and not mended, by pack. */
    List<DamageRecord> damage();

    /**
     * Notes that a blob of a damaged pack is in another pack as well now: whoever uses the damaged pack uses the other
     * one too, and the blob is not damaged any more. Does nothing if the damage is not known.
     */
    void mended(String damagedPackId, String blob, String otherPackId);

    /** Who needs content. {@code id} is the id of the thing. */
    record ContentOwner(Kind kind, String id) {
        /** What kind of thing. */
        public enum Kind {
            /** A data set version. */
            DATASET_VERSION,
            /** A run, for its artifacts. */
            RUN,
            /** A model version. */
            MODEL_VERSION
        }
    }

    /** What a pack is good for. */
    enum PackState {
        /** In use, or new. */
        LIVE,
        /** Nobody needs it; it can still be used. */
        CONDEMNED,
        /** Its object is being deleted. */
        DEAD
    }

    /**
     * A pack.
     *
     * @param sequence ascending in the order of registration
     * @param id 64 hexadecimal digits
     * @param bytes the size of its object
     * @param state its state
     * @param isIndexed true if an index lists its blobs
     */
    record PackRecord(long sequence, String id, long bytes, PackState state, boolean isIndexed) {}

    /**
     * An index.
     *
     * @param id 64 hexadecimal digits
     * @param blobs the number of blobs that it lists
     * @param bytes the size of its object
     */
    record IndexRecord(String id, long blobs, long bytes) {}

    /**
     * Damage of a pack.
     *
     * @param packId the pack
     * @param blobs the hexadecimal ids of its damaged blobs; empty if it is missing or unreadable as a whole
     */
    record DamageRecord(String packId, Set<String> blobs) {}
}
