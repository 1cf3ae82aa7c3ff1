package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.release.Application;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Release;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Applications, versions and releases. */
public abstract class ApplicationsContract extends MetadataStoreContract {
    /** For subclasses. */
    protected ApplicationsContract() {}

    @Test
    void keepsAnApplication() {
        ProjectInfo project = world().project();
        Application application = world().application(project);

        assertThat(find(tx -> tx.applications().find(project.id(), application.name())))
                .contains(application);
        assertThat(find(tx -> tx.applications().findById(application.id()))).contains(application);
        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> change(tx -> tx.applications()
                        .insert(new Application(
                                World.id(), project.id(), application.name(), "", null, "bob", World.NOW))))
                .withMessageContaining(application.name());
    }

    @Test
    void listsOnlyThoseThatTheViewerMayRead() {
        ProjectInfo project = world().project();
        Application granted = world().application(project);
        Application other = world().application(project);
        world().grant(project, Asset.application(granted.id()), Subject.user("bob"), Privilege.READ);

        assertThat(applications(project, HOST)).containsExactly(granted, other);
        assertThat(applications(project, Principal.user("bob"))).containsExactly(granted);
        assertThat(applications(project, Principal.user("eve"))).isEmpty();
    }

    @Test
    void keepsVersionsWithTheirPinsInOrder() {
        ProjectInfo project = world().project();
        Application application = world().application(project);
        List<ModelVersion> models = List.of(model(project), model(project));
        List<DatasetVersion> datasets = List.of(dataset(project), dataset(project));
        ApplicationVersion first = world().applicationVersion(project, application, models, datasets);
        ApplicationVersion second = world().applicationVersion(project, application, List.of(models.get(1)), List.of());

        assertThat(find(tx -> tx.applications().findVersion(application.id(), 1)))
                .contains(first);
        assertThat(find(tx -> tx.applications().findVersionById(second.id()))).contains(second);
        assertThat(find(tx -> tx.applications().findVersion(application.id(), 3)))
                .isEmpty();
        assertThat(readAll(1, (tx, page) -> tx.applications().versions(application.id(), page)))
                .containsExactly(second, first);
    }

    @Test
    void aReleaseComesIntoForceOnlyAfterTheOneThatIsExpected() {
        ProjectInfo project = world().project();
        Application application = world().application(project);
        ApplicationVersion version = version(project, application);
        Release first = world().newRelease(version, null);

        assertThat(insert(first, World.id())).isFalse();
        assertThat(find(tx -> tx.applications().findRelease(first.id()))).isEmpty();
        assertThat(insert(first, null)).isTrue();
        assertThat(current(application)).isEqualTo(first.id());

        Release second = rollback(world().newRelease(version, first.id()), first);
        assertThat(insert(second, null)).isFalse();
        assertThat(insert(second, first.id())).isTrue();
        assertThat(current(application)).isEqualTo(second.id());
        assertThat(find(tx -> tx.applications().findRelease(second.id()))).contains(second);
        assertThat(readAll(1, (tx, page) -> tx.applications().releases(application.id(), page)))
                .containsExactly(second, first);
    }

    @Test
    void ofSeveralReleasesAtOnceOneReplacesTheOther() {
        ProjectInfo project = world().project();
        Application application = world().application(project);
        ApplicationVersion version = version(project, application);
        Release first = world().release(version, null);

        assertThat(together(5, () -> insert(world().newRelease(version, first.id()), first.id())))
                .containsOnlyOnce(true);
    }

    @Test
    void saysWhichReleasesUseAVersionAndKeepsIt() {
        ProjectInfo project = world().project();
        Application application = world().application(project);
        ApplicationVersion used = version(project, application);
        ApplicationVersion free = version(project, application);
        Release release = world().release(used, null);

        assertThat(list(tx -> tx.applications().users(used.id()))).containsExactly("release " + release.number());
        assertThat(list(tx -> tx.applications().users(free.id()))).isEmpty();
        assertThatThrownBy(() -> change(tx -> tx.applications().deleteVersion(used.id())))
                .isInstanceOf(RuntimeException.class);
        change(tx -> tx.applications().deleteVersion(free.id()));
        assertThat(readAll(5, (tx, page) -> tx.applications().versions(application.id(), page)))
                .containsExactly(used);
    }

    @Test
    void deletesAnApplicationWithVersionsAndReleases() {
        ProjectInfo project = world().project();
        Application application = world().application(project);
        ApplicationVersion version = version(project, application);
        Release first = world().release(version, null);
        Release second = rollback(world().newRelease(version, first.id()), first);
        insert(second, first.id());

        change(tx -> tx.applications().delete(application.id()));

        assertThat(find(tx -> tx.applications().findById(application.id()))).isEmpty();
        assertThat(find(tx -> tx.applications().findRelease(second.id()))).isEmpty();
        assertThat(find(tx -> tx.applications().findVersionById(version.id()))).isEmpty();
        assertThat(find(tx ->
                        tx.models().findVersionById(version.models().get(0).id())))
                .isPresent();
    }

    private static Release rollback(Release release, Release restored) {
        return new Release(
                release.id(),
                release.projectId(),
                release.applicationId(),
                release.number(),
                Release.Kind.ROLLBACK,
                release.version(),
                Alias.of("production"),
                release.replacedId(),
                restored.id(),
                release.by(),
                release.at());
    }

    private ModelVersion model(ProjectInfo project) {
        return world().modelVersion(project, world().model(project));
    }

    private DatasetVersion dataset(ProjectInfo project) {
        return world().datasetVersion(project, world().dataset(project), null);
    }

    private ApplicationVersion version(ProjectInfo project, Application application) {
        return world().applicationVersion(project, application, List.of(model(project)), List.of());
    }

    private boolean insert(Release release, @Nullable String expected) {
        return this.<Boolean>write(tx -> tx.applications().insertRelease(release, expected));
    }

    private @Nullable String current(Application application) {
        return find(tx -> tx.applications().findById(application.id()))
                .orElseThrow()
                .currentReleaseId();
    }

    private List<Application> applications(ProjectInfo project, Principal viewer) {
        return readAll(1, (tx, page) -> tx.applications().list(project.id(), viewer, page));
    }
}
