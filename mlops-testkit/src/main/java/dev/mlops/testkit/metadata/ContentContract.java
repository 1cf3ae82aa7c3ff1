package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.Run;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.metadata.ContentRepository.DamageRecord;
import dev.mlops.api.spi.metadata.ContentRepository.IndexRecord;
import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import dev.mlops.api.spi.metadata.ContentRepository.PackState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Packs, sessions, uses, indexes, damage, and their collection. */
public abstract class ContentContract extends MetadataStoreContract {
    private static final Duration HOUR = Duration.ofHours(1);

    /** For subclasses. */
    protected ContentContract() {}

    @Test
    void registersPacksInAscendingOrder() {
        String session = World.id();
        long before = lastSequence();
        String first = pack(session);
        String second = pack(session);

        List<PackRecord> packs = list(tx -> tx.content().packsAfter(before, 10));
        assertThat(packs).extracting(PackRecord::id).containsExactly(first, second);
        assertThat(packs).extracting(PackRecord::sequence).isSorted().allMatch(sequence -> sequence > before);
        assertThat(packs.get(0)).isEqualTo(new PackRecord(packs.get(0).sequence(), first, 7, PackState.LIVE, false));
        assertThat(list(tx -> tx.content().packsAfter(before, 1))).containsExactly(packs.get(0));
        assertThat(list(tx -> tx.content().packsAfter(packs.get(1).sequence(), 10)))
                .isEmpty();
    }

    @Test
    void refusesAPackThatIsThereAndGoesOn() {
        String session = World.id();
        String pack = pack(session);

        assertThat(this.<Boolean>write(tx -> {
                    assertThatExceptionOfType(AlreadyExistsException.class)
                            .isThrownBy(() -> tx.content().registerPack(session, pack, 7))
                            .withMessageContaining(pack);
                    return tx.content().existing(List.of(pack)).contains(pack);
                }))
                .isTrue();
    }

    @Test
    void aSequenceIsNotGivenAgainAfterThePackWasForgotten() {
        String session = World.id();
        String gone = pack(session);
        long last = lastSequence();
        end(session);
        collect();

        assertThat(existing(gone)).isEmpty();
        String next = pack(World.id());
        assertThat(list(tx -> tx.content().packsAfter(last, 10)))
                .extracting(PackRecord::id)
                .containsExactly(next);
    }

    @Test
    void packsThatSeveralRegisterAppearInOrderToWhoFollowsTheSequence() {
        long before = lastSequence();
        AtomicInteger writers = new AtomicInteger(3);
        AtomicInteger role = new AtomicInteger();
        List<List<String>> results =
                together(4, () -> role.getAndIncrement() == 0 ? follow(before, writers) : registerMany(writers));

        List<String> followed =
                results.stream().filter(packs -> packs.size() > 30).findFirst().orElseThrow();
        List<String> written = results.stream()
                .filter(packs -> packs.size() == 30)
                .flatMap(List::stream)
                .toList();
        assertThat(followed).hasSize(90).containsExactlyInAnyOrderElementsOf(written);
    }

    private List<String> registerMany(AtomicInteger writers) {
        String session = World.id();
        List<String> packs = IntStream.range(0, 30).mapToObj(i -> pack(session)).toList();
        writers.decrementAndGet();
        return packs;
    }

    private List<String> follow(long from, AtomicInteger writers) {
        List<String> seen = new ArrayList<>();
        long sequence = from;
        boolean isLast;
        do {
            isLast = writers.get() == 0;
            long after = sequence;
            for (PackRecord pack : list(tx -> tx.content().packsAfter(after, 1000))) {
                seen.add(pack.id());
                sequence = pack.sequence();
            }
        } while (!isLast);
        return seen;
    }

    @Test
    void anOwnerKeepsWhatItUses() {
        String session = World.id();
        List<String> packs = List.of(pack(session), pack(session), pack(session));
        ContentOwner owner = version();

        assertThat(use(owner, packs.subList(0, 2))).isEmpty();
        assertThat(use(owner, packs.subList(1, 3))).isEmpty();
        assertThat(use(owner, List.of())).isEmpty();
        end(session);
        collect();

        assertThat(packsOf(owner)).containsExactlyInAnyOrderElementsOf(packs);
        assertThat(existing(packs.toArray(String[]::new))).containsExactlyInAnyOrderElementsOf(packs);
        assertThat(list(tx -> tx.content().ownersOf(packs.get(0), 5))).containsExactly(owner);
        assertThat(list(tx -> tx.content().ownersOf(digest(), 5))).isEmpty();
    }

    @Test
    void saysWhichPacksAnOwnerCannotUse() {
        String session = World.id();
        String dead = pack(session);
        String live = pack(World.id());
        String unknown = digest();
        end(session);
        this.<List<PackRecord>>write(tx -> {
            tx.content().condemn();
            return tx.content().bury(Duration.ZERO, 1000);
        });
        ContentOwner owner = version();

        assertThat(use(owner, List.of(dead, live, unknown, live))).containsExactlyInAnyOrder(dead, unknown);
        assertThat(packsOf(owner)).containsExactly(live);
        assertThat(existing(dead, live, unknown)).containsExactly(live);
    }

    @Test
    void tensOfThousandsOfPacksCanBeUsedAtOnce() {
        String session = World.id();
        List<String> packs = IntStream.range(0, 40_000).mapToObj(i -> digest()).toList();
        ContentOwner owner = version();
        ContentOwner twin = version();
        change(tx -> packs.subList(0, 300).forEach(pack -> tx.content().registerPack(session, pack, 7)));

        assertThat(use(owner, packs)).hasSize(39_700).doesNotContainAnyElementsOf(packs.subList(0, 300));
        change(tx -> tx.content().copyUses(owner, twin));
        assertThat(packsOf(twin)).containsExactlyInAnyOrderElementsOf(packs.subList(0, 300));
        assertThat(existing(packs.toArray(String[]::new))).hasSize(300);
    }

    @Test
    void copiedUsesOutliveTheirOrigin() {
        String session = World.id();
        String pack = pack(session);
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        DatasetVersion first = world().datasetVersion(project, dataset, null);
        ContentOwner second = owner(world().datasetVersion(project, dataset, null));
        use(owner(first), List.of(pack));
        change(tx -> tx.content().copyUses(owner(first), second));
        change(tx -> tx.datasets().deleteVersion(first.id()));
        end(session);
        collect();

        assertThat(existing(pack)).containsExactly(pack);
        assertThat(list(tx -> tx.content().ownersOf(pack, 5))).containsExactly(second);
        change(tx -> tx.datasets().deleteVersion(second.id()));
        collect();
        assertThat(existing(pack)).isEmpty();
    }

    @Test
    void deletedVersionsAndPurgedRunsNeedNothingAnyMore() {
        ProjectInfo project = world().project();
        Run run = world().run(world().experiment(project));
        Run binned = world().run(world().experiment(project));
        Model model = world().model(project);
        ModelVersion made = world().modelVersion(project, model);
        Dataset dataset = world().dataset(project);
        DatasetVersion data = world().datasetVersion(project, dataset, null);
        String session = World.id();
        String ofRun = pack(session);
        String ofBinned = pack(session);
        String ofModel = pack(session);
        String ofData = pack(session);
        use(new ContentOwner(ContentOwner.Kind.RUN, run.id()), List.of(ofRun));
        use(new ContentOwner(ContentOwner.Kind.RUN, binned.id()), List.of(ofBinned));
        use(new ContentOwner(ContentOwner.Kind.MODEL_VERSION, made.id()), List.of(ofModel));
        use(owner(data), List.of(ofData));
        end(session);
        collect();
        assertThat(existing(ofRun, ofBinned, ofModel, ofData)).hasSize(4);

        change(tx -> {
            tx.runs().purge(run.id());
            tx.runs().update(binned(binned));
            tx.models().deleteVersion(made.id());
            tx.datasets().delete(dataset.id());
        });
        assertThat(list(tx -> tx.content().unneeded(HOUR)))
                .extracting(PackRecord::id)
                .contains(ofRun, ofModel, ofData)
                .doesNotContain(ofBinned);
        int dropped = this.<Integer>write(tx -> tx.content().dropUnneededUses(HOUR));
        assertThat(dropped).isGreaterThanOrEqualTo(3);
        collect();

        assertThat(existing(ofRun, ofBinned, ofModel, ofData)).containsExactly(ofBinned);
    }

    @Test
    void condemnsBringsBackAndBuriesAfterTheGracePeriod() {
        String session = World.id();
        String used = pack(session);
        String left = pack(session);
        end(session);

        assertThat(list(tx -> tx.content().unneeded(HOUR)))
                .extracting(PackRecord::id)
                .contains(used, left);
        assertThat(condemn()).contains(used, left);
        assertThat(condemn()).doesNotContain(used, left);
        assertThat(list(tx -> tx.content().unneeded(HOUR)))
                .extracting(PackRecord::id)
                .doesNotContain(used, left);
        assertThat(bury(HOUR)).doesNotContain(used, left);
        assertThat(existing(used, left)).containsExactlyInAnyOrder(used, left);
        assertThat(use(version(), List.of(used))).isEmpty();
        assertThat(state(used)).isEqualTo(PackState.LIVE);
        assertThat(state(left)).isEqualTo(PackState.CONDEMNED);

        assertThat(doomed(HOUR)).doesNotContain(left);
        assertThat(doomed(Duration.ZERO)).contains(left).doesNotContain(used);
        assertThat(state(left)).isEqualTo(PackState.CONDEMNED);
        assertThat(bury(Duration.ZERO)).contains(left).doesNotContain(used);
        assertThat(doomed(HOUR)).as("dead already").contains(left);
        assertThat(bury(HOUR)).as("not forgotten yet").contains(left);
        change(tx -> tx.content().forgetPacks(List.of(left, used)));
        assertThat(bury(HOUR)).doesNotContain(left);
        assertThat(existing(used, left)).containsExactly(used);
    }

    @Test
    void givesAtMostAsManyDeadPacksAsAskedFor() {
        String session = World.id();
        IntStream.range(0, 5).forEach(i -> pack(session));
        end(session);
        condemn();

        assertThat(this.<List<PackRecord>>write(tx -> tx.content().bury(Duration.ZERO, 3)))
                .hasSize(3)
                .allMatch(pack -> pack.state() == PackState.DEAD);
    }

    @Test
    void aSessionProtectsItsPacksUntilItEndsOrTimesOut() {
        String session = World.id();
        String pack = pack(session);
        assertThat(condemn()).doesNotContain(pack);
        assertThat(list(tx -> tx.content().unneeded(HOUR)))
                .extracting(PackRecord::id)
                .doesNotContain(pack);
        assertThat(list(tx -> tx.content().unneeded(Duration.ZERO)))
                .extracting(PackRecord::id)
                .contains(pack);

        change(tx -> {
            tx.content().touchSession(session);
            tx.content().touchSession("no such session");
            tx.content().endSession("no such session");
        });
        this.<Integer>write(tx -> tx.content().dropUnneededUses(HOUR));
        assertThat(condemn()).doesNotContain(pack);
        this.<Integer>write(tx -> tx.content().dropUnneededUses(Duration.ZERO));
        assertThat(condemn()).contains(pack);

        String another = pack(session);
        assertThat(condemn()).doesNotContain(another);
        end(session);
        end(session);
        assertThat(condemn()).contains(another);
    }

    @Test
    void anIndexListsPacksAndIsReplacedOnce() {
        String session = World.id();
        String first = pack(session);
        String second = pack(session);
        IndexRecord one = new IndexRecord(digest(), 10, 480);
        IndexRecord two = new IndexRecord(digest(), 20, 960);
        IndexRecord merged = new IndexRecord(digest(), 30, 1440);
        change(tx -> {
            tx.content().addIndex(one, List.of(first));
            tx.content().addIndex(two, List.of(second));
        });
        assertThat(isIndexed(first)).isTrue();
        assertThat(list(tx -> tx.content().indexes())).containsSubsequence(one, two);
        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> change(tx -> tx.content().addIndex(one, List.of())))
                .withMessageContaining(one.id());

        assertThat(replace(merged, one.id(), two.id(), two.id())).isTrue();
        assertThat(replace(new IndexRecord(digest(), 10, 480), one.id())).isFalse();
        assertThat(replace(new IndexRecord(digest(), 10, 480), merged.id(), digest()))
                .isFalse();
        assertThat(list(tx -> tx.content().indexes())).contains(merged).doesNotContain(one, two);
        assertThat(list(tx -> tx.content().replacedIndexes(HOUR))).doesNotContain(one, two);
        assertThat(list(tx -> tx.content().replacedIndexes(Duration.ZERO)))
                .contains(one, two)
                .doesNotContain(merged);

        change(tx -> tx.content().forgetIndexes(List.of(one.id(), merged.id())));
        assertThat(list(tx -> tx.content().replacedIndexes(Duration.ZERO)))
                .contains(two)
                .doesNotContain(one);
        assertThat(list(tx -> tx.content().indexes())).contains(merged);
        assertThat(isIndexed(first)).isTrue();
    }

    @Test
    void ofSeveralThatReplaceAnIndexOneWins() {
        IndexRecord index = new IndexRecord(digest(), 1, 48);
        change(tx -> tx.content().addIndex(index, List.of()));

        assertThat(together(4, () -> replace(new IndexRecord(digest(), 1, 48), index.id())))
                .containsOnlyOnce(true);
    }

    @Test
    void scrubsInTheOrderOfTheLastScrub() throws InterruptedException {
        String session = World.id();
        String first = pack(session);
        String second = pack(session);
        change(tx -> tx.content().scrubbed(first, List.of()));
        assertThat(scrubOrder()).containsSubsequence(second, first);
        Thread.sleep(2);
        change(tx -> tx.content().scrubbed(second, List.of()));
        assertThat(scrubOrder()).containsSubsequence(first, second);
        assertThat(list(tx -> tx.content().leastRecentlyScrubbed(1))).hasSize(1);
    }

    @Test
    void keepsDamageUntilAScrubFindsOtherwise() {
        String pack = pack(World.id());
        change(tx -> {
            tx.content().reportDamage(pack, List.of("aa", "bb"));
            tx.content().reportDamage(pack, List.of("bb", "cc"));
            tx.content().reportDamage(digest(), List.of("aa"));
        });
        assertThat(damage(pack)).isEqualTo(Set.of("aa", "bb", "cc"));
        change(tx -> tx.content().scrubbed(pack, List.of("cc")));
        assertThat(damage(pack)).isEqualTo(Set.of("cc"));
        change(tx -> tx.content().reportDamage(pack, List.of()));
        assertThat(damage(pack)).as("as a whole").isEmpty();
        change(tx -> tx.content().scrubbed(pack, List.of()));
        assertThat(isDamaged(pack)).isFalse();
    }

    @Test
    void aMendedBlobIsUsedInItsNewPackByThoseWhoUseTheDamagedOneNowOrLater() {
        String session = World.id();
        String damaged = pack(session);
        String mender = pack(session);
        ContentOwner before = version();
        use(before, List.of(damaged));
        change(tx -> tx.content().mended(damaged, "aa", mender));
        assertThat(packsOf(before)).as("no damage is known").containsExactly(damaged);

        change(tx -> {
            tx.content().reportDamage(damaged, List.of("aa", "bb"));
            tx.content().mended(damaged, "aa", mender);
        });
        assertThat(damage(damaged)).isEqualTo(Set.of("bb"));
        ContentOwner after = version();
        use(after, List.of(damaged));
        assertThat(packsOf(before)).containsExactlyInAnyOrder(damaged, mender);
        assertThat(packsOf(after)).containsExactlyInAnyOrder(damaged, mender);

        change(tx -> tx.content().scrubbed(damaged, List.of("aa", "bb")));
        assertThat(damage(damaged)).as("what is mended stays so").isEqualTo(Set.of("bb"));
    }

    @Test
    void aPackThatMendsLivesAsLongAsTheOneThatItMends() {
        String session = World.id();
        String ending = World.id();
        String damaged = pack(session);
        String mender = pack(ending);
        change(tx -> {
            tx.content().reportDamage(damaged, List.of("aa"));
            tx.content().mended(damaged, "aa", mender);
        });
        end(ending);
        assertThat(condemn()).doesNotContain(mender);
        assertThat(use(version(), List.of(damaged))).isEmpty();
        end(session);
        collect();
        assertThat(existing(damaged, mender)).containsExactlyInAnyOrder(damaged, mender);
    }

    @Test
    void bothAPackAndItsMenderAreForgottenOnceNobodyNeedsThem() {
        String session = World.id();
        String damaged = pack(session);
        String mender = pack(session);
        change(tx -> {
            tx.content().reportDamage(damaged, List.of("aa"));
            tx.content().mended(damaged, "aa", mender);
        });
        end(session);
        collect();
        collect();
        assertThat(existing(damaged, mender)).isEmpty();
    }

    @Test
    void aMenderThatIsDamagedItselfPassesOnWhatItMended() {
        String session = World.id();
        String damaged = pack(session);
        String mender = pack(session);
        String last = pack(session);
        change(tx -> {
            tx.content().reportDamage(damaged, List.of("aa"));
            tx.content().mended(damaged, "aa", mender);
            tx.content().reportDamage(mender, List.of("aa"));
            tx.content().mended(mender, "aa", last);
        });
        ContentOwner owner = version();
        use(owner, List.of(damaged));

        assertThat(packsOf(owner)).containsExactlyInAnyOrder(damaged, last);
        assertThat(isDamaged(mender)).isFalse();
    }

    @Test
    void aMenderThatIsDamagedItselfMendsNothing() {
        String session = World.id();
        String damaged = pack(session);
        String mender = pack(session);
        change(tx -> {
            tx.content().reportDamage(damaged, List.of("aa", "bb"));
            tx.content().mended(damaged, "aa", mender);
            tx.content().mended(damaged, "bb", mender);
        });
        assertThat(isDamaged(damaged)).isFalse();

        change(tx -> tx.content().reportDamage(mender, List.of("aa")));
        assertThat(damage(damaged)).isEqualTo(Set.of("aa"));
        assertThat(damage(mender)).isEqualTo(Set.of("aa"));

        change(tx -> tx.content().reportDamage(mender, List.of()));
        assertThat(damage(damaged)).isEqualTo(Set.of("aa", "bb"));

        String last = pack(session);
        change(tx -> {
            tx.content().mended(mender, "aa", last);
            tx.content().mended(mender, "bb", last);
        });
        assertThat(isDamaged(damaged)).isFalse();
    }

    @Test
    void aBlobOfALostPackIsMendedOneByOne() {
        String session = World.id();
        String lost = pack(session);
        String mender = pack(session);
        ContentOwner owner = version();
        use(owner, List.of(lost));
        change(tx -> {
            tx.content().reportDamage(lost, List.of());
            tx.content().mended(lost, "aa", mender);
        });
        assertThat(packsOf(owner)).containsExactlyInAnyOrder(lost, mender);
        assertThat(isDamaged(lost)).as("other blobs are lost still").isTrue();
        change(tx -> tx.content().scrubbed(lost, List.of("aa", "bb")));
        assertThat(damage(lost)).isEqualTo(Set.of("bb"));
        change(tx -> tx.content().mended(lost, "bb", mender));
        assertThat(isDamaged(lost)).isFalse();
    }

    @Test
    void aPackThatACommittedTransactionUsesIsNeverDead() {
        for (int round = 0; round < 120; round++) {
            ContentOwner owner = version();
            List<String> packs = IntStream.range(0, 5).mapToObj(i -> digest()).toList();
            String session = World.id();
            long before = lastSequence();
            change(tx -> packs.forEach(pack -> tx.content().registerPack(session, pack, 7)));
            end(session);

            Set<String> refused = raceForUse(owner, packs);

            List<String> used =
                    packs.stream().filter(pack -> !refused.contains(pack)).toList();
            assertThat(packsOf(owner)).containsExactlyInAnyOrderElementsOf(used);
            assertThat(list(tx -> tx.content().packsAfter(before, 10)))
                    .allMatch(pack -> pack.state() == PackState.LIVE)
                    .extracting(PackRecord::id)
                    .containsExactlyInAnyOrderElementsOf(used);
        }
    }

    /** Two use the packs while one collects; gives those that the owner could not use. */
    private Set<String> raceForUse(ContentOwner owner, List<String> packs) {
        List<String> backwards = new ArrayList<>(packs);
        Collections.reverse(backwards);
        AtomicInteger role = new AtomicInteger();
        Set<String> refused = new HashSet<>();
        together(3, () -> switch (role.getAndIncrement()) {
                    case 0 -> use(owner, packs);
                    case 1 -> use(owner, backwards);
                    default -> {
                        collect();
                        collect();
                        yield Set.<String>of();
                    }
                })
                .forEach(refused::addAll);
        return refused;
    }

    @Test
    void collectsWhatAThousandVersionsUsed() {
        ProjectInfo project = world().project();
        Dataset dataset = world().dataset(project);
        List<String> packs = IntStream.range(0, 1_100).mapToObj(i -> digest()).toList();
        String session = World.id();
        DatasetVersion kept = world().datasetVersion(project, dataset, null);
        Dataset doomed = world().dataset(project);
        DatasetVersion parent = world().datasetVersion(project, doomed, null);
        change(tx -> {
            packs.forEach(pack -> tx.content().registerPack(session, pack, 7));
            for (int i = 0; i < 1_000; i++) {
                DatasetVersion version = numbered(parent, i + 2);
                tx.datasets().insertVersion(version);
                tx.content().usePacks(owner(version), packs.subList(i, i + 100));
            }
            tx.content().usePacks(owner(kept), packs.subList(0, 50));
            tx.content().endSession(session);
        });
        collect();
        assertThat(existing(packs.toArray(String[]::new))).hasSize(1_099);

        change(tx -> tx.datasets().delete(doomed.id()));
        assertThat(list(tx -> tx.content().unneeded(HOUR))).hasSizeGreaterThanOrEqualTo(1_049);
        collect();

        assertThat(existing(packs.toArray(String[]::new))).containsExactlyElementsOf(packs.subList(0, 50));
    }

    private static DatasetVersion numbered(DatasetVersion like, int ordinal) {
        return new DatasetVersion(
                World.id(),
                like.projectId(),
                like.datasetId(),
                like.reference(),
                "N" + ordinal,
                ordinal,
                null,
                null,
                "",
                like.metadata(),
                like.manifest(),
                0,
                0,
                List.of(),
                "bob",
                "alice",
                World.NOW);
    }

    @Test
    void aUsedPackCannotBeForgotten() {
        String session = World.id();
        String pack = pack(session);
        use(version(), List.of(pack));

        change(tx -> tx.content().forgetPacks(List.of(pack)));
        assertThat(existing(pack)).containsExactly(pack);
    }

    @Test
    void refusesAnIdThatIsNone() {
        assertThatThrownBy(() -> change(tx -> tx.content().registerPack(World.id(), "short", 7)))
                .isInstanceOf(RuntimeException.class);
    }

    private String pack(String session) {
        String pack = digest();
        change(tx -> tx.content().registerPack(session, pack, 7));
        return pack;
    }

    private static String digest() {
        return World.digest(World.id()).hex();
    }

    private void end(String session) {
        change(tx -> tx.content().endSession(session));
    }

    private ContentOwner version() {
        ProjectInfo project = world().project();
        return owner(world().datasetVersion(project, world().dataset(project), null));
    }

    private static ContentOwner owner(DatasetVersion version) {
        return new ContentOwner(ContentOwner.Kind.DATASET_VERSION, version.id());
    }

    private static Run binned(Run run) {
        return new Run(
                run.id(),
                run.projectId(),
                run.experimentId(),
                run.experiment(),
                run.name(),
                run.status(),
                Lifecycle.DELETED,
                run.startedBy(),
                run.startedAt(),
                run.endedAt(),
                run.failure());
    }

    private Set<String> use(ContentOwner owner, List<String> packs) {
        return this.<Set<String>>write(tx -> tx.content().usePacks(owner, packs));
    }

    private Set<String> packsOf(ContentOwner owner) {
        return this.<Set<String>>read(tx -> tx.content().packsOf(owner));
    }

    private Set<String> existing(String... packs) {
        return this.<Set<String>>read(tx -> tx.content().existing(List.of(packs)));
    }

    private long lastSequence() {
        List<PackRecord> all = list(tx -> tx.content().packsAfter(0, Integer.MAX_VALUE));
        return all.isEmpty() ? 0 : all.get(all.size() - 1).sequence();
    }

    private PackRecord record(String pack) {
        return list(tx -> tx.content().packsAfter(0, Integer.MAX_VALUE)).stream()
                .filter(record -> record.id().equals(pack))
                .findFirst()
                .orElseThrow();
    }

    private PackState state(String pack) {
        return record(pack).state();
    }

    private boolean isIndexed(String pack) {
        return record(pack).isIndexed();
    }

    private List<String> condemn() {
        return this.<List<PackRecord>>write(tx -> tx.content().condemn()).stream()
                .map(PackRecord::id)
                .toList();
    }

    private List<String> doomed(Duration grace) {
        return list(tx -> tx.content().doomed(grace, HOUR)).stream()
                .map(PackRecord::id)
                .toList();
    }

    private List<String> bury(Duration grace) {
        return this.<List<PackRecord>>write(tx -> tx.content().bury(grace, 10_000)).stream()
                .map(PackRecord::id)
                .toList();
    }

    /** Everything that a collection without grace does, in as many transactions. */
    private void collect() {
        this.<Integer>write(tx -> tx.content().dropUnneededUses(HOUR));
        condemn();
        List<String> dead = bury(Duration.ZERO);
        change(tx -> tx.content().forgetPacks(dead));
    }

    private boolean replace(IndexRecord index, String... replaced) {
        return this.<Boolean>write(tx -> tx.content().replaceIndexes(index, List.of(replaced)));
    }

    private List<String> scrubOrder() {
        return list(tx -> tx.content().leastRecentlyScrubbed(Integer.MAX_VALUE)).stream()
                .map(PackRecord::id)
                .toList();
    }

    private boolean isDamaged(String pack) {
        return list(tx -> tx.content().damage()).stream()
                .anyMatch(record -> record.packId().equals(pack));
    }

    private Set<String> damage(String pack) {
        return list(tx -> tx.content().damage()).stream()
                .filter(record -> record.packId().equals(pack))
                .map(DamageRecord::blobs)
                .findFirst()
                .orElseThrow();
    }
}
