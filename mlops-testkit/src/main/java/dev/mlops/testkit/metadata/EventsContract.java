package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.event.Event;
import dev.mlops.api.model.Model;
import dev.mlops.api.project.ProjectInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events and their cursors. */
public abstract class EventsContract extends MetadataStoreContract {
    /** For subclasses. */
    protected EventsContract() {}

    @Test
    void keepsEventsInTheirOrder() {
        ProjectInfo project = world().project();
        Event first = world().event(project, Asset.project(project.id()), "first");
        Event second = world().event(project, Asset.model(World.id()), "second");

        List<Event> events = after(project, HOST, "", 10);

        assertThat(events)
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("cursor")
                .containsExactly(first, second);
        assertThat(events).allSatisfy(event -> assertThat(event.cursor()).isNotEmpty());
    }

    @Test
    void goesOnAfterACursor() {
        ProjectInfo project = world().project();
        for (int i = 0; i < 7; i++) {
            world().event(project, Asset.project(project.id()), "event " + i);
        }

        List<String> subjects = new ArrayList<>();
        List<Event> events = after(project, HOST, "", 2);
        while (!events.isEmpty()) {
            assertThat(events).hasSizeLessThanOrEqualTo(2);
            events.forEach(event -> subjects.add(event.subject()));
            events = after(project, HOST, events.get(events.size() - 1).cursor(), 2);
        }

        assertThat(subjects)
                .containsExactly("event 0", "event 1", "event 2", "event 3", "event 4", "event 5", "event 6");
    }

    @Test
    void latestIsWhereOnlyNewEventsFollow() {
        ProjectInfo project = world().project();
        world().event(project, Asset.project(project.id()), "old");
        String latest = this.<String>read(tx -> tx.events().latest());
        world().event(project, Asset.project(project.id()), "new");

        assertThat(list(tx -> tx.events().after(null, HOST, latest, 10)))
                .extracting(Event::subject)
                .contains("new")
                .doesNotContain("old");
    }

    @Test
    void keepsProjectsApart() {
        ProjectInfo project = world().project();
        ProjectInfo other = world().project();
        world().event(project, Asset.project(project.id()), "mine");
        world().event(other, Asset.project(other.id()), "theirs");

        assertThat(after(project, HOST, "", 10)).extracting(Event::subject).containsExactly("mine");
    }

    @Test
    void givesOnlyEventsOfAssetsThatTheViewerMayRead() {
        ProjectInfo project = world().project();
        Model granted = world().model(project);
        world().grant(project, Asset.model(granted.id()), Subject.user("bob"), Privilege.READ);
        world().event(project, Asset.project(project.id()), "project");
        world().event(project, Asset.model(granted.id()), "granted");
        world().event(project, Asset.model(World.id()), "other");

        assertThat(after(project, Principal.user("bob"), "", 10))
                .extracting(Event::subject)
                .containsExactly("granted");
        assertThat(after(project, Principal.user("eve"), "", 10)).isEmpty();
        assertThat(after(project, HOST, "", 10)).hasSize(3);
    }

    @Test
    void aRolledBackEventIsNeverSeen() {
        ProjectInfo project = world().project();
        assertThatThrownBy(() -> change(tx -> {
                    tx.events().append(world().newEvent(project, Asset.project(project.id()), "gone"));
                    throw new IllegalArgumentException("roll back");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        world().event(project, Asset.project(project.id()), "kept");

        assertThat(after(project, HOST, "", 10)).extracting(Event::subject).containsExactly("kept");
    }

    /** A writer that began first and commits last must not be skipped by a reader who saw the others meanwhile. */
    @Test
    void anEventCommittedLateIsStillAheadOfTheCursor() throws Exception {
        ProjectInfo project = world().project();
        Asset asset = Asset.project(project.id());
        world().event(project, asset, "early");
        CountDownLatch appended = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Void> late = CompletableFuture.runAsync(() -> change(tx -> {
            tx.events().append(world().newEvent(project, asset, "late"));
            appended.countDown();
            await(release);
        }));
        assertThat(appended.await(20, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> quick = CompletableFuture.runAsync(() -> world().event(project, asset, "quick"));
        TimeUnit.MILLISECONDS.sleep(200);

        List<Event> seen = new ArrayList<>(after(project, HOST, "", 10));
        release.countDown();
        CompletableFuture.allOf(late, quick).get(20, TimeUnit.SECONDS);
        seen.addAll(after(project, HOST, seen.get(seen.size() - 1).cursor(), 10));

        assertThat(seen).extracting(Event::subject).containsExactlyInAnyOrder("early", "late", "quick");
    }

    @Test
    void aReaderBesideManyWritersMissesNoneAndGetsNoneTwice() throws Exception {
        ProjectInfo project = world().project();
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<List<String>> reader = CompletableFuture.supplyAsync(() -> follow(project, done));

        List<String> written = together(4, () -> {
                    List<String> mine = new ArrayList<>();
                    for (int i = 0; i < 15; i++) {
                        mine.add(world().event(project, Asset.project(project.id()), World.id())
                                .subject());
                    }
                    return mine;
                })
                .stream()
                .flatMap(List::stream)
                .toList();
        done.set(true);

        assertThat(reader.get(30, TimeUnit.SECONDS)).containsExactlyInAnyOrderElementsOf(written);
    }

    private List<String> follow(ProjectInfo project, AtomicBoolean done) {
        List<String> seen = new ArrayList<>();
        String cursor = "";
        while (true) {
            boolean last = done.get();
            List<Event> events = after(project, HOST, cursor, 5);
            events.forEach(event -> seen.add(event.subject()));
            if (!events.isEmpty()) {
                cursor = events.get(events.size() - 1).cursor();
            } else if (last) {
                return seen;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "1-", "1-2-3", "99999999999999999999-1", "1 OR 1=1"})
    void refusesACursorThatItDidNotMake(String cursor) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> after(world().project(), HOST, cursor, 10));
    }

    private List<Event> after(@Nullable ProjectInfo project, Principal viewer, String cursor, int limit) {
        String projectId = project == null ? null : project.id();
        return list(tx -> tx.events().after(projectId, viewer, cursor, limit));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
