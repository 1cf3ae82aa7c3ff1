package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Atomicity, isolation and the life of transactions. */
public abstract class TransactionsContract extends MetadataStoreContract {
    /** For subclasses. */
    protected TransactionsContract() {}

    @Test
    void givesWhatTheWorkGives() {
        assertThat(this.<String>write(tx -> "given")).isEqualTo("given");
        assertThat(this.<String>read(tx -> "given")).isEqualTo("given");
    }

    @Test
    void anExceptionRollsEverythingBackAndIsThrownOnAsItIs() {
        ProjectInfo project = world().project();
        NotFoundException thrown = new NotFoundException("by the work");

        assertThatThrownBy(() -> write(tx -> {
                    tx.projects()
                            .update(new ProjectInfo(
                                    project.id(), project.name(), project.visibility(), "changed", "alice", World.NOW));
                    throw thrown;
                }))
                .isSameAs(thrown);

        assertThat(find(tx -> tx.projects().findById(project.id()))).contains(project);
    }

    @Test
    void anErrorRollsBackToo() {
        ProjectInfo project = world().project();

        assertThatThrownBy(() -> write(tx -> {
                    tx.projects().delete(project.id());
                    throw new AssertionError("by the work");
                }))
                .isInstanceOf(AssertionError.class);

        assertThat(find(tx -> tx.projects().findById(project.id()))).isPresent();
    }

    @Test
    void refusesAWriteInARead() {
        ProjectInfo project = world().project();

        assertThatThrownBy(() -> read(tx -> {
                    tx.projects().delete(project.id());
                    return project;
                }))
                .isInstanceOf(RuntimeException.class);

        assertThat(find(tx -> tx.projects().findById(project.id()))).isPresent();
    }

    @Test
    void transactionsDoNotNest() {
        assertThatIllegalStateException().isThrownBy(() -> write(tx -> this.<Integer>write(inner -> 1)));
        assertThatIllegalStateException().isThrownBy(() -> read(tx -> this.<Integer>write(inner -> 1)));
        assertThat(this.<Integer>write(tx -> 1)).isEqualTo(1);
    }

    @Test
    void aTransactionIsNotValidAfterItsWork() {
        MetadataTransaction kept = this.<MetadataTransaction>write(tx -> tx);

        assertThatThrownBy(() -> kept.projects().find("any")).isInstanceOf(RuntimeException.class);
    }

    @Test
    void aTransactionIsNotValidOnAnotherThread() {
        Throwable thrown =
                write(tx -> CompletableFuture.supplyAsync(() -> tx.projects().find("any"))
                        .<Throwable>handle((found, failure) -> failure)
                        .join());

        assertThat(thrown).hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRolledBackNumberIsGivenAgain() {
        Experiment experiment = world().experiment(world().project());
        assertThatThrownBy(() -> write(tx -> {
                    tx.experiments().nextRunNumber(experiment.id());
                    throw new NotFoundException("roll back");
                }))
                .isInstanceOf(NotFoundException.class);

        assertThat(this.<Long>write(tx -> tx.experiments().nextRunNumber(experiment.id())))
                .isEqualTo(1);
    }

    @Test
    void countersAreGaplessAndUniqueBetweenThreads() {
        Experiment experiment = world().experiment(world().project());

        List<Long> numbers = together(
                        6,
                        () -> LongStream.range(0, 15)
                                .mapToObj(i ->
                                        this.<Long>write(tx -> tx.experiments().nextRunNumber(experiment.id())))
                                .toList())
                .stream()
                .flatMap(List::stream)
                .toList();

        assertThat(numbers)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 90).boxed().toList());
    }

    @Test
    void countersAreSharedWithOtherStoresOnTheDatabase() {
        Experiment experiment = world().experiment(world().project());
        try (MetadataStore other = openStore()) {
            List<Long> numbers = together(4, () -> {
                        MetadataStore mine = Thread.currentThread().getId() % 2 == 0 ? other : store();
                        return LongStream.range(0, 10)
                                .mapToObj(i -> mine.<Long>transaction(
                                        tx -> tx.experiments().nextRunNumber(experiment.id())))
                                .toList();
                    })
                    .stream()
                    .flatMap(List::stream)
                    .toList();

            assertThat(numbers).doesNotHaveDuplicates().hasSize(40).allMatch(number -> number <= 40);
        }
    }

    @Test
    void readersDoNotWaitForAWriterAndSeeTheStateBeforeIt() throws Exception {
        ProjectInfo project = world().project();
        CountDownLatch changed = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        CompletableFuture<Boolean> writer = CompletableFuture.supplyAsync(() -> write(tx -> {
            tx.projects().delete(project.id());
            changed.countDown();
            return await(looked);
        }));

        assertThat(changed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(find(tx -> tx.projects().findById(project.id()))).isPresent();
        looked.countDown();

        assertThat(writer.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(find(tx -> tx.projects().findById(project.id()))).isEmpty();
    }

    @Test
    void aReadSeesOneStateAllTheWay() throws Exception {
        ProjectInfo project = world().project();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch deleted = new CountDownLatch(1);
        CompletableFuture<Boolean> reader = CompletableFuture.supplyAsync(() -> read(tx -> {
            boolean before = tx.projects().findById(project.id()).isPresent();
            begun.countDown();
            await(deleted);
            return before && tx.projects().findById(project.id()).isPresent();
        }));

        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        change(tx -> {
            tx.projects().delete(project.id());
        });
        deleted.countDown();

        assertThat(reader.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void saysWhatItIs() {
        assertThat(store().describe()).isNotBlank();
    }

    @Test
    void closesTwiceAndRefusesWorkAfterwards() {
        MetadataStore store = openStore();
        store.close();
        store.close();

        assertThatThrownBy(() -> store.<Integer>read(tx -> 1)).isInstanceOf(RuntimeException.class);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
