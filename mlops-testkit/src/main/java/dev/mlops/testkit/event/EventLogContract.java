package dev.mlops.testkit.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventLog;
import dev.mlops.api.event.EventLog.Subscription;
import dev.mlops.api.page.Page;
import dev.mlops.api.project.Project;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link EventLog} keeps of reading and subscriptions. Inherit it and say which store to use. */
@Timeout(60)
public abstract class EventLogContract {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private Project project;
    private EventLog events;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected EventLogContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeProject() {
        project = mlops().projects().create(Scene.freshName());
        events = project.events();
    }

    private List<String> make(int count) {
        List<String> subjects = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            subjects.add("model " + project.models().create("m" + i).name());
        }
        return subjects;
    }

    private static List<String> subjects(List<Event> events) {
        return events.stream().map(Event::subject).toList();
    }

    @Test
    void eventsComeInTheOrderOfTheChanges() {
        String before = events.latest();
        List<String> made = make(7);

        assertThat(subjects(events.after(before, 100))).isEqualTo(made);
        List<Event> first = events.after(before, 3);
        assertThat(subjects(first)).isEqualTo(made.subList(0, 3));
        assertThat(subjects(events.after(first.get(2).cursor(), 3))).isEqualTo(made.subList(3, 6));
        assertThat(events.after(events.latest(), 3)).isEmpty();
        assertThat(events.list().stream().map(Event::subject)).containsSubsequence(made);
        assertThat(events.after(EventLog.START, 10_000)).isEqualTo(events.list().toList());
    }

    @Test
    void pagesOfTheListJoin() {
        make(7);

        List<Event> all = events.list().toList();
        Page<Event> page = events.list().page(4);
        assertThat(page.items()).isEqualTo(all.subList(0, 4));
        assertThat(page.nextToken()).isPresent();
    }

    @Test
    void badCursorsAndLimitsAreRefused() {
        assertThatThrownBy(() -> events.after("no cursor", 10)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> events.after(EventLog.START, 0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> events.after(EventLog.START, 10_001)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void eventsOfOtherProjectsAreNotInTheLogOfThisOne() {
        String before = events.latest();
        Project other = mlops().projects().create(Scene.freshName());
        other.models().create("elsewhere");
        make(1);

        assertThat(subjects(events.after(before, 10))).containsExactly("model m0");
        assertThat(subjects(mlops().events().after(before, 10))).contains("model elsewhere", "model m0");
    }

    @Test
    void callersSeeEventsOfWhatTheyMayRead() {
        make(3);
        Asset one = Asset.model(project.models().model("m1").id());
        project.access().grant(one, Subject.user("alice"), Privilege.READ);
        Mlops alice = mlops().as(Principal.user("alice"));

        assertThat(alice.projects().open(project.name()).events().list())
                .extracting(Event::asset)
                .containsOnly(one);
        assertThat(alice.events().list()).extracting(Event::asset).contains(one);
        assertThat(mlops().as(Principal.user("bob")).events().list())
                .noneMatch(event -> event.projectId().equals(project.info().id()));
    }

    @Test
    void aReaderWithACursorMissesNoneAndGetsNoneTwice() throws Exception {
        String start = events.latest();
        int writers = 4;
        int each = 25;
        List<Callable<List<String>>> works = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            String prefix = "w" + writer + "-";
            works.add(() -> {
                for (int i = 0; i < each; i++) {
                    project.models().create(prefix + i);
                }
                return List.of();
            });
        }
        works.add(() -> read(start, writers * each));
        List<String> read = Together.run(works).get(writers);

        assertThat(read).doesNotHaveDuplicates().hasSize(writers * each);
        assertThat(read).isEqualTo(subjects(events.after(start, 1_000)));
        for (int writer = 0; writer < writers; writer++) {
            String prefix = "model w" + writer + "-";
            assertThat(read.stream().filter(subject -> subject.startsWith(prefix)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, each).mapToObj(i -> prefix + i).toList());
        }
    }

    private List<String> read(String start, int count) throws InterruptedException {
        List<String> read = new ArrayList<>();
        String cursor = start;
        long began = System.nanoTime();
        while (read.size() < count) {
            assertThat(System.nanoTime() - began)
                    .as("%d of %d events were read", read.size(), count)
                    .isLessThan(PATIENCE_NANOS);
            List<Event> some = events.after(cursor, 7);
            read.addAll(subjects(some));
            if (some.isEmpty()) {
                Thread.sleep(2);
            } else {
                cursor = some.get(some.size() - 1).cursor();
            }
        }
        return read;
    }

    @Test
    void aSubscriberIsToldWhatHappensWhileItWaits() throws InterruptedException {
        BlockingQueue<Event> told = new LinkedBlockingQueue<>();
        try (Subscription subscription = events.subscribe(null, told::add)) {
            for (int i = 0; i < 5; i++) {
                project.models().create("digits-" + i);
                assertThat(take(told, 1)).containsExactly("model digits-" + i);
            }
            assertThat(subscription.cursor()).isNotNull();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void aSubscriberIsToldAllFromItsCursorInOrder() throws InterruptedException {
        String before = events.latest();
        List<String> made = make(5);
        BlockingQueue<Event> told = new LinkedBlockingQueue<>();

        try (Subscription subscription = events.subscribe(before, told::add)) {
            assertThat(take(told, 5)).isEqualTo(made);
            project.models().create("digits");
            assertThat(take(told, 1)).containsExactly("model digits");
            awaitCursor(subscription, events.latest());
        }
    }

    private static void awaitCursor(Subscription subscription, String cursor) throws InterruptedException {
        for (int i = 0; i < 200 && !subscription.cursor().equals(cursor); i++) {
            Thread.sleep(10);
        }
        assertThat(subscription.cursor()).isEqualTo(cursor);
    }

    private static List<String> take(BlockingQueue<Event> told, int count) throws InterruptedException {
        List<String> subjects = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Event event = told.poll(10, TimeUnit.SECONDS);
            assertThat(event).as("event %d of %d", i + 1, count).isNotNull();
            subjects.add(event.subject());
        }
        return subjects;
    }

    @Test
    void aListenerThatThrowsGetsTheEventAgain() throws InterruptedException {
        String before = events.latest();
        List<String> made = make(3);
        BlockingQueue<Event> told = new LinkedBlockingQueue<>();
        AtomicInteger failures = new AtomicInteger();

        try (Subscription subscription = events.subscribe(before, event -> {
            if (event.subject().equals("model m1") && failures.getAndIncrement() < 2) {
                throw new IllegalStateException("not now");
            }
            told.add(event);
        })) {
            assertThat(take(told, 3)).isEqualTo(made);
            assertThat(failures).hasValue(3);
            awaitCursor(subscription, events.latest());
        }
    }

    @Test
    void aClosedSubscriptionTellsNothingMore() throws InterruptedException {
        BlockingQueue<Event> told = new LinkedBlockingQueue<>();
        Subscription subscription = events.subscribe(null, told::add);
        project.models().create("before");
        assertThat(take(told, 1)).containsExactly("model before");
        subscription.close();
        subscription.close();

        project.models().create("after");
        assertThat(told.poll(300, TimeUnit.MILLISECONDS)).isNull();
        try (Subscription again = events.subscribe(subscription.cursor(), told::add)) {
            assertThat(take(told, 1)).containsExactly("model after");
            assertThat(again.cursor()).isNotNull();
        }
    }

    @Test
    void aListenerMayCloseItsSubscription() throws InterruptedException {
        CompletableFuture<Subscription> subscription = new CompletableFuture<>();
        AtomicInteger told = new AtomicInteger();
        CountDownLatch closed = new CountDownLatch(1);
        subscription.complete(events.subscribe(null, event -> {
            told.incrementAndGet();
            subscription.join().close();
            closed.countDown();
        }));
        make(3);

        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        Thread.sleep(200);
        assertThat(told).hasValue(1);
    }

    @Test
    void aSubscriberIsToldOnlyWhatItMaySee() throws InterruptedException {
        make(1);
        Asset one = Asset.model(project.models().model("m0").id());
        project.access().grant(one, Subject.user("alice"), Privilege.READ);
        BlockingQueue<Event> told = new LinkedBlockingQueue<>();
        EventLog hers = mlops().as(Principal.user("alice"))
                .projects()
                .open(project.name())
                .events();

        try (Subscription subscription = hers.subscribe(null, told::add)) {
            project.models().create("secret");
            project.access().grant(one, Subject.user("alice"), Privilege.EDIT);
            Event first = told.poll(10, TimeUnit.SECONDS);
            assertThat(first).isNotNull().extracting(Event::asset).isEqualTo(one);
            assertThat(subscription.cursor()).isNotNull();
        }
    }
}
