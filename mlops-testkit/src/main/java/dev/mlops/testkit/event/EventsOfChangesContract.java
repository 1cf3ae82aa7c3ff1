package dev.mlops.testkit.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.event.EventLog;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasExpectation;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelSpec;
import dev.mlops.api.model.ModelUpdate;
import dev.mlops.api.project.Project;
import dev.mlops.api.project.ProjectUpdate;
import dev.mlops.api.release.ReleaseOptions;
import dev.mlops.testkit.fixture.Scene;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * That each change has its events, and nothing else has: {@link EventLog} as the audit log. Inherit it and say which store
 * to use.
 */
public abstract class EventsOfChangesContract {
    private static final Alias CHAMPION = Alias.of("champion");

    /** Creates the suite; JUnit makes one for each test. */
    protected EventsOfChangesContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    private record Change(String name, Consumer<Scene> action, List<String> events) {
        static Change of(String name, Consumer<Scene> action, String... events) {
            return new Change(name, action, List.of(events));
        }
    }

    @TestFactory
    Stream<DynamicTest> eachChangeHasItsEvents() {
        return Stream.of(ofModels(), ofAliases(), ofDatasets(), ofRuns(), ofApplications(), ofTheProject())
                .flatMap(List::stream)
                .map(change -> DynamicTest.dynamicTest(change.name(), () -> assertEvents(change)));
    }

    private void assertEvents(Change change) {
        Scene scene = Scene.tell(mlops());
        String before = mlops().events().latest();

        change.action().accept(scene);

        List<Event> events = scene.project().events().after(before, 100);
        assertThat(events).as(change.name()).hasSize(change.events().size());
        assertThat(events)
                .extracting(event -> event.kind() + " " + event.subject())
                .zipSatisfy(change.events(), EventsOfChangesContract::assertSays);
        assertThat(events).allSatisfy(event -> {
            assertThat(event.principal()).isEqualTo(mlops().principal().name());
            assertThat(event.projectId()).isEqualTo(scene.project().info().id());
            assertThat(event.before() == null && event.after() == null).isFalse();
        });
    }

    /** Expected is the kind and a part of the subject. */
    private static void assertSays(String event, String expected) {
        int space = expected.indexOf(' ');
        assertThat(event).startsWith(expected.substring(0, space)).contains(expected.substring(space + 1));
    }

    private static List<Change> ofModels() {
        return List.of(
                Change.of("create a model", it -> it.project().models().create("new"), "CREATED new"),
                Change.of(
                        "update a model",
                        it -> it.project().models().update("classifier", ModelUpdate.description("changed")),
                        "UPDATED classifier"),
                Change.of(
                        "import a version",
                        it -> Scene.importFrom(it.project(), "classifier", it.run()),
                        "IMPORTED classifier:2"),
                Change.of(
                        "import the first version of a model",
                        it -> Scene.importFrom(it.project(), "new", it.run()),
                        "CREATED new",
                        "IMPORTED new:1"),
                Change.of(
                        "delete a model version",
                        it -> it.project().models().deleteVersion(it.spareModel()),
                        "DESTROYED spare:1"),
                Change.of("destroy a model", it -> it.project().models().destroy("spare"), "DESTROYED spare"));
    }

    private static List<Change> ofAliases() {
        return List.of(
                Change.of("make an alias", it -> it.project().models().setAlias(it.model(), "stable"), "MOVED stable"),
                Change.of(
                        "leave an alias where it is",
                        it -> it.project().models().setAlias(it.model(), "champion")),
                Change.of(
                        "remove an alias",
                        it -> it.project().models().removeAlias("classifier", CHAMPION, AliasExpectation.ANY),
                        "MOVED champion"));
    }

    private static List<Change> ofDatasets() {
        return List.of(
                Change.of("create a data set", it -> it.project().datasets().create("new"), "CREATED new"),
                Change.of(
                        "update a data set",
                        it -> it.project().datasets().update("data", "changed", Map.of()),
                        "UPDATED data"),
                Change.of("publish a version", it -> Scene.publish(it.project(), "data", "9"), "PUBLISHED data:V002"),
                Change.of("destroy a data set", it -> it.project().datasets().destroy("spare"), "DESTROYED spare"));
    }

    private static List<Change> ofRuns() {
        return List.of(
                Change.of("create an experiment", it -> it.project().runs().createExperiment("new"), "CREATED new"),
                Change.of(
                        "track a run",
                        it -> it.project().runs().track("training", run -> {}),
                        "CREATED training-",
                        "FINISHED training-"),
                Change.of(
                        "delete a run",
                        it -> it.project().runs().delete(it.run().id()),
                        "DELETED training-"),
                Change.of(
                        "delete and restore a run",
                        it -> {
                            it.project().runs().delete(it.run().id());
                            it.project().runs().restore(it.run().id());
                        },
                        "DELETED training-",
                        "RESTORED training-"));
    }

    private static List<Change> ofApplications() {
        return List.of(
                Change.of(
                        "create an application",
                        it -> it.project().applications().create("new"),
                        "CREATED new"),
                Change.of(
                        "create an application version",
                        it -> it.project().applications().createVersion("reader", List.of(it.model()), List.of(), ""),
                        "CREATED reader:2"),
                Change.of("release", it -> it.project().applications().release(it.application()), "RELEASED reader:1"),
                Change.of(
                        "release with an alias",
                        it -> it.project()
                                .applications()
                                .release(
                                        it.application(),
                                        ReleaseOptions.builder().alias("live").build()),
                        "MOVED live",
                        "RELEASED reader:1"),
                Change.of(
                        "release and roll back",
                        it -> it.project()
                                .applications()
                                .rollback(it.project().applications().release(it.application())),
                        "RELEASED reader:1",
                        "ROLLED_BACK reader:1"),
                Change.of(
                        "destroy an application",
                        it -> it.project().applications().destroy("reader"),
                        "DESTROYED reader"));
    }

    private List<Change> ofTheProject() {
        Subject bob = Subject.user("bob");
        return List.of(
                Change.of(
                        "change the visibility",
                        it -> mlops().projects()
                                .update(it.project().name(), ProjectUpdate.visibility(Visibility.INTERNAL)),
                        "UPDATED project"),
                Change.of(
                        "grant and revoke",
                        it -> {
                            Asset model = Asset.model(it.model().modelId());
                            it.project().access().grant(model, bob, Privilege.EDIT);
                            it.project().access().revoke(model, bob, Privilege.EDIT);
                        },
                        "GRANTED classifier",
                        "REVOKED classifier"));
    }

    @TestFactory
    Stream<DynamicTest> whatFailsHasNoEvents() {
        Scene scene = Scene.tell(mlops());
        scene.project().models().setAlias(scene.spareModel(), "champion");
        ReleaseOptions stale = ReleaseOptions.builder()
                .expectedCurrent(scene.release())
                .alias("live")
                .build();
        scene.project().applications().release(scene.application());
        return Stream.of(
                        Change.of("a taken name", it -> it.project().models().create(ModelSpec.of("classifier"))),
                        Change.of(
                                "no file",
                                it -> it.project()
                                        .models()
                                        .importVersion("new", ImportSource.file(Path.of("nowhere", "model.onnx")))),
                        Change.of(
                                "an alias elsewhere",
                                it -> it.project().models().setAlias(it.model(), CHAMPION, AliasExpectation.ABSENT)),
                        Change.of(
                                "a version in use", it -> it.project().models().deleteVersion(it.model())),
                        Change.of("a model in use", it -> it.project().models().destroy("classifier")),
                        Change.of("data in use", it -> it.project().datasets().destroy("data")),
                        Change.of(
                                "a stale release",
                                it -> it.project().applications().release(it.application(), stale)),
                        Change.of(
                                "a stale rollback",
                                it -> it.project().applications().rollback(it.release())),
                        Change.of(
                                "pins twice",
                                it -> it.project()
                                        .applications()
                                        .createVersion("new", List.of(it.model(), it.model()), List.of(), "")),
                        Change.of(
                                "no privilege",
                                it -> mlops().as(Principal.user("bob"))
                                        .projects()
                                        .create(Scene.freshName())
                                        .applications()
                                        .createVersion("new", List.of(it.model()), List.of(), "")))
                .map(change -> DynamicTest.dynamicTest(change.name(), () -> assertNoEvents(change, scene)));
    }

    private void assertNoEvents(Change change, Scene scene) {
        String before = mlops().events().latest();

        assertThatThrownBy(() -> change.action().accept(scene)).isInstanceOf(MlopsException.class);

        assertThat(scene.project().events().after(before, 100)).isEmpty();
    }

    @Test
    void anEventTellsWhatWasAndWhatIs() {
        Scene scene = Scene.tell(mlops());
        String before = mlops().events().latest();
        scene.project().models().update("classifier", ModelUpdate.description("reads digits"));
        Scene.importFrom(scene.project(), "classifier", scene.run());
        scene.project().models().setAlias(scene.project().models().version("classifier:2"), "champion");

        List<Event> events = scene.project().events().after(before, 10);
        assertThat(events)
                .extracting(Event::kind)
                .containsExactly(EventKind.UPDATED, EventKind.IMPORTED, EventKind.MOVED);
        assertThat(events)
                .extracting(Event::asset)
                .containsOnly(Asset.model(scene.model().modelId()));
        assertThat(events.get(0).before()).doesNotContain("reads digits");
        assertThat(events.get(0).after()).contains("reads digits");
        assertThat(events.get(1).before()).isNull();
        assertThat(events.get(1).after()).contains(scene.run().id());
        assertThat(events.get(2).before()).isEqualTo("{\"version\":\"1\"}");
        assertThat(events.get(2).after()).isEqualTo("{\"version\":\"2\"}");
    }

    @Test
    void aMoveOnAModelOfAnotherProjectIsToldThere() {
        Scene scene = Scene.tell(mlops());
        Project other = mlops().projects().create(Scene.freshName());
        String before = mlops().events().latest();

        other.applications()
                .release(
                        other.applications().createVersion("door", List.of(scene.model()), List.of(), ""),
                        ReleaseOptions.builder().alias("live").build());

        assertThat(scene.project().events().after(before, 10))
                .extracting(Event::kind)
                .containsExactly(EventKind.MOVED);
        assertThat(other.events().after(before, 10))
                .extracting(Event::kind)
                .containsExactly(EventKind.CREATED, EventKind.CREATED, EventKind.RELEASED);
    }
}
