package dev.mlops.core.storage;

import dev.mlops.api.content.Storage.Damage;
import dev.mlops.api.content.Storage.HurtFile;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.content.Storage.ScrubReport;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.spi.metadata.ContentRepository;
import dev.mlops.api.spi.metadata.ContentRepository.DamageRecord;
import dev.mlops.api.spi.metadata.ContentRepository.IndexRecord;
import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.content.PackAudit;
import dev.mlops.core.content.PackContentStore;
import dev.mlops.core.context.StoreContext;
import dev.mlops.core.pack.BlobIndex;
import dev.mlops.core.pack.IndexWriter;
import dev.mlops.core.pack.PackEntry;
import dev.mlops.core.pack.PackFooter;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One scrub. Each pack is noted as scrubbed at once, so that a scrub that is ended goes on where it ended. A limited one
 * compares names and reads indexes only when the pack that was registered first has its turn, which is once a round.
 */
final class Scrubber {
    private static final int BATCH = 100;
    private static final int MAX_STRANGERS = 100;
    private static final long TELL_AFTER = 100_000_000;

    private final StoreContext store;
    private final ObjectStore objects;
    private final PackContentStore content;
    private final PackAudit audit;
    private final ScrubOptions options;
    /** What was found now, by pack. */
    private final Map<String, String> problems = new HashMap<>();

    private final Set<String> damagedIndexes = new HashSet<>();
    private final List<Damage> otherDamages = new ArrayList<>();
    private final List<String> strangers = new ArrayList<>();
    private long totalPacks;
    private long totalBytes;
    private long packs;
    private long packBytes;
    private long indexBytes;
    private long told;

    Scrubber(StoreContext store, ObjectStore objects, PackContentStore content, ScrubOptions options) {
        this.store = store;
        this.objects = objects;
        this.content = content;
        this.audit = content.audit();
        this.options = options;
    }

    ScrubReport scrub() {
        if (options.maxBytes() < 1) {
            throw new InvalidInputException("maxBytes", options.maxBytes(), "must be at least 1");
        }
        audit.refresh();
        List<PackRecord> known = new PackRecords(store).all();
        totalPacks = known.size();
        totalBytes = known.stream().mapToLong(PackRecord::bytes).sum();
        boolean isComplete = options.depth() == ScrubOptions.Depth.QUICK ? look(known) : read(known);
        if (!damagedIndexes.isEmpty()) {
            audit.mendIndexes(damagedIndexes);
        }
        tell();
        return new ScrubReport(packs, packBytes + indexBytes, damages(), strangers, isComplete);
    }

    /** Compares what there should be with what there is. */
    private boolean look(List<PackRecord> known) {
        Map<String, PackRecord> absent = new HashMap<>();
        known.forEach(pack -> absent.put(pack.id(), pack));
        findStrangers(info -> compare(absent.remove(Strangers.id(info)), info));
        packs = totalPacks;
        absent.values().forEach(this::noteIfMissing);
        store.<List<IndexRecord>>read(tx -> tx.content().indexes()).forEach(this::lookAtIndex);
        return true;
    }

    /** True if all packs were read. */
    private boolean read(List<PackRecord> known) {
        boolean isLimited = options.maxBytes() < Long.MAX_VALUE;
        if (!isLimited || known.isEmpty()) {
            lookAround();
        }
        return readPacks(isLimited && !known.isEmpty() ? known.get(0).id() : null);
    }

    private void lookAround() {
        findStrangers(info -> {});
        readIndexes();
    }

    private void findStrangers(Consumer<ObjectInfo> pack) {
        new Strangers(store, objects).list(Duration.ZERO, pack, this::addStranger);
    }

    private void addStranger(ObjectInfo info) {
        if (strangers.size() < MAX_STRANGERS) {
            strangers.add(info.key());
        }
    }

    private void compare(@Nullable PackRecord pack, ObjectInfo info) {
        if (pack != null && pack.bytes() != info.size()) {
            note(pack, "it has %d bytes and was written with %d".formatted(info.size(), pack.bytes()));
        }
    }

    private void noteIfMissing(PackRecord pack) {
        options.cancellation().check("the scrub");
        if (objects.head(PackFooter.key(pack.id())).isEmpty()) {
            note(pack, "there is no such object");
        }
    }

    /** A pack that nobody uses is one whose writer is at work, or died before it wrote it. */
    private void note(PackRecord pack, String problem) {
        boolean noted = store.<Boolean>write(tx -> {
            boolean isUsed = !tx.content().ownersOf(pack.id(), 1).isEmpty();
            if (isUsed) {
                tx.content().reportDamage(pack.id(), List.of());
            }
            return isUsed;
        });
        if (noted) {
            problems.put(pack.id(), problem);
        }
    }

    private void lookAtIndex(IndexRecord index) {
        Optional<ObjectInfo> info = objects.head(IndexWriter.key(index.id()));
        if (info.isEmpty()) {
            noteIndex(index, "there is no such object");
        } else if (info.get().size() != index.bytes()) {
            noteIndex(
                    index,
                    "it has %d bytes and was written with %d"
                            .formatted(info.get().size(), index.bytes()));
        }
    }

    private void noteIndex(IndexRecord index, String problem) {
        boolean isInUse =
                store.<List<IndexRecord>>read(tx -> tx.content().indexes()).contains(index);
        if (isInUse) {
            damagedIndexes.add(index.id());
            otherDamages.add(new Damage(
                    IndexWriter.key(index.id()),
                    problem + "; another was written in its place, from what the packs say",
                    List.of()));
        }
    }

    private void readIndexes() {
        for (IndexRecord index :
                store.<List<IndexRecord>>read(tx -> tx.content().indexes())) {
            options.cancellation().check("the scrub");
            String key = IndexWriter.key(index.id());
            try (InputStream in = objects.get(key)) {
                indexBytes += index.bytes();
                BlobIndex.check(in, index.bytes(), index.id());
            } catch (NotFoundException e) {
                noteIndex(index, "there is no such object");
            } catch (IntegrityException e) {
                noteIndex(index, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                throw new UnavailableException("cannot read %s: %s".formatted(key, e), e);
            }
        }
    }

    /**
     * True if all packs were read.
     *
     * @param first the pack whose turn begins a round; null if everything was looked at already
     */
    private boolean readPacks(@Nullable String first) {
        Set<String> seen = new HashSet<>();
        try (PackCheck check = new PackCheck(objects, audit, options.cancellation())) {
            while (true) {
                List<PackRecord> next =
                        store.<List<PackRecord>>read(tx -> tx.content().leastRecentlyScrubbed(BATCH));
                int before = seen.size();
                for (PackRecord pack : next) {
                    if (packs > 0 && packBytes >= options.maxBytes()) {
                        return seen.containsAll(
                                next.stream().map(PackRecord::id).toList());
                    }
                    if (seen.add(pack.id())) {
                        if (pack.id().equals(first)) {
                            lookAround();
                        }
                        read(check, pack);
                    }
                }
                if (seen.size() == before) {
                    return true;
                }
            }
        }
    }

    private void read(PackCheck check, PackRecord pack) {
        options.cancellation().check("the scrub");
        Finding finding = check.check(pack);
        packBytes += finding.bytes();
        packs++;
        boolean isUsed = store.<Boolean>write(tx -> note(tx.content(), pack, finding));
        if (!finding.isIntact() && isUsed) {
            problems.put(pack.id(), finding.problem());
            mendFromCopies(pack, finding.damaged());
        }
        if (System.nanoTime() - told > TELL_AFTER) {
            tell();
        }
    }

    private static boolean note(ContentRepository packs, PackRecord pack, Finding finding) {
        boolean isUsed = !packs.ownersOf(pack.id(), 1).isEmpty();
        boolean isHarmless = finding.isMissing() && !isUsed;
        packs.scrubbed(
                pack.id(),
                isHarmless
                        ? List.of()
                        : finding.damaged().stream()
                                .map(blob -> blob.id().hex())
                                .toList());
        if (finding.isWhole() && !isHarmless) {
            packs.reportDamage(pack.id(), List.of());
        }
        return !isHarmless;
    }

    /** Several writers may have stored the same blob: then whoever uses the damaged one shall use the other too. */
    private void mendFromCopies(PackRecord pack, List<PackEntry> damaged) {
        audit.refresh();
        for (PackEntry blob : damaged) {
            audit.intactCopy(blob, pack.id())
                    .ifPresent(other -> store.<Boolean>write(tx -> {
                        tx.content().mended(pack.id(), blob.id().hex(), other);
                        return true;
                    }));
        }
    }

    private List<Damage> damages() {
        audit.refresh();
        Casualties casualties = new Casualties(store, content, audit);
        List<Damage> damages = new ArrayList<>(otherDamages);
        for (DamageRecord record :
                store.<List<DamageRecord>>read(tx -> tx.content().damage())) {
            boolean isWhole = record.blobs().isEmpty();
            List<HurtFile> hurt = casualties.of(record.packId(), isWhole);
            if (!isWhole || !hurt.isEmpty() || !isRecovered(record.packId())) {
                String problem = problems.getOrDefault(record.packId(), inWords(record));
                damages.add(new Damage(PackFooter.key(record.packId()), problem, hurt));
            }
        }
        return damages;
    }

    /** True if all that was in a lost pack is in others; its record stays as long as somebody uses it. */
    private boolean isRecovered(String pack) {
        boolean isRecovered = new LostPacks(store, content, audit).holdCopies(pack);
        if (isRecovered) {
            store.<Boolean>write(tx -> {
                tx.content().scrubbed(pack, List.of());
                return true;
            });
        }
        return isRecovered;
    }

    private static String inWords(DamageRecord record) {
        return record.blobs().isEmpty()
                ? "it is missing or cannot be read"
                : record.blobs().size() + " of its blobs are damaged";
    }

    private void tell() {
        told = System.nanoTime();
        options.progress().onProgress(new Progress(packs, totalPacks, packBytes, totalBytes, 0));
    }
}
