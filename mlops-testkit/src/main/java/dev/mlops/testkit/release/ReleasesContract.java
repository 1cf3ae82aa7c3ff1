package dev.mlops.testkit.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasExpectation;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.project.Project;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Applications;
import dev.mlops.api.release.Release;
import dev.mlops.api.release.ReleaseOptions;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Applications} keeps of releases and rollbacks. Inherit it and say which store to use. */
public abstract class ReleasesContract {
    private static final Alias LIVE = Alias.of("live");
    private static final ReleaseOptions MOVING_LIVE =
            ReleaseOptions.builder().alias("live").build();

    private Scene scene;
    private Project project;
    private Applications applications;
    private ModelRegistry models;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected ReleasesContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void tellTheStory() {
        scene = Scene.tell(mlops());
        project = scene.project();
        applications = project.applications();
        models = project.models();
    }

    private ApplicationVersion version(String name, ModelVersion... of) {
        return applications.createVersion(name, List.of(of), List.of(), "");
    }

    private ModelVersion next(String model) {
        return Scene.importFrom(project, model, scene.run());
    }

    @Test
    void aReleaseBringsAVersionIntoForce() {
        ApplicationVersion two = version("reader", next("classifier"));
        Release release = applications.release(two);

        assertThat(release.number()).isEqualTo(2);
        assertThat(release.kind()).isEqualTo(Release.Kind.RELEASE);
        assertThat(release.version()).isEqualTo(two);
        assertThat(release.replacedId()).isEqualTo(scene.release().id());
        assertThat(release.restoresId()).isNull();
        assertThat(release.alias()).isNull();
        assertThat(release.by()).isEqualTo(mlops().principal().name());
        assertThat(applications.current("reader")).contains(release);
        assertThat(applications.releases("reader")).containsExactly(release, scene.release());
        assertThat(applications.find("reader").orElseThrow().currentReleaseId()).isEqualTo(release.id());
        assertThat(applications.current("spare")).isEmpty();
    }

    @Test
    void aliasesOfAllModelsMoveWithTheRelease() {
        ModelVersion classifier = next("classifier");
        Release release = applications.release(version("pair", classifier, scene.spareModel()), MOVING_LIVE);

        assertThat(release.alias()).isEqualTo(LIVE);
        assertThat(models.aliases("classifier")).containsEntry(LIVE, "2");
        assertThat(models.aliases("spare")).isEqualTo(Map.of(LIVE, "1"));
        assertThat(models.aliasHistory("classifier", LIVE)).hasSize(1);
    }

    @Test
    void aReleaseThatIsNotExpectedChangesNothing() {
        ApplicationVersion two = version("reader", next("classifier"));
        Release second = applications.release(two);
        ReleaseOptions stale = ReleaseOptions.builder()
                .expectedCurrent(scene.release())
                .alias("live")
                .build();

        assertThatThrownBy(() -> applications.release(scene.application(), stale))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("release 2")
                .hasMessageContaining("release 1");
        assertThat(applications.current("reader")).contains(second);
        assertThat(models.aliases("classifier")).doesNotContainKey(LIVE);
        Release third = applications.release(
                scene.application(),
                ReleaseOptions.builder().expectedCurrent(second).build());
        assertThat(third.number()).isEqualTo(3);
    }

    @Test
    void ofManyWhoReleaseFromOnePlaceOneSucceeds() throws Exception {
        ReleaseOptions fromFirst =
                ReleaseOptions.builder().expectedCurrent(scene.release()).build();
        List<Callable<Boolean>> works = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ApplicationVersion version = version("reader", scene.model());
            works.add(() -> {
                try {
                    return applications.current("reader").isPresent()
                            && applications.release(version, fromFirst).number() == 2;
                } catch (ConflictException lost) {
                    return false;
                }
            });
        }
        assertThat(Together.run(works)).containsOnlyOnce(true);
        assertThat(applications.releases("reader")).hasSize(2);
    }

    @Test
    void manyWhoReleaseAnyhowAreAllRecordedInOneChain() throws Exception {
        List<Callable<Release>> works = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ApplicationVersion version = version("reader", scene.model(), scene.spareModel());
            works.add(() -> applications.release(version, MOVING_LIVE));
        }
        Together.run(works);

        List<Release> releases = applications.releases("reader").toList();
        assertThat(releases).extracting(Release::number).containsExactly(7L, 6L, 5L, 4L, 3L, 2L, 1L);
        for (int i = 0; i < 6; i++) {
            assertThat(releases.get(i).replacedId())
                    .isEqualTo(releases.get(i + 1).id());
        }
        assertThat(applications.current("reader")).contains(releases.get(0));
    }

    @Test
    void aKeyReleasesOnce() {
        ReleaseOptions once = ReleaseOptions.builder()
                .idempotencyKey(IdempotencyKey.of("once"))
                .build();
        ApplicationVersion two = version("reader", next("classifier"));
        Release release = applications.release(two, once);

        assertThat(applications.release(two, once)).isEqualTo(release);
        assertThat(applications.releases("reader")).hasSize(2);
        assertThatThrownBy(() -> applications.release(scene.application(), once))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("once");
    }

    @Test
    void aRollbackBringsModelsAndDataBackTogether() {
        Release first = applications.release(version("pair", scene.model(), scene.spareModel()), MOVING_LIVE);
        Release second = applications.release(version("pair", next("classifier"), next("spare")), MOVING_LIVE);
        assertThat(models.aliases("spare")).containsEntry(LIVE, "2");

        Release back = applications.rollback(second);

        assertThat(back.kind()).isEqualTo(Release.Kind.ROLLBACK);
        assertThat(back.number()).isEqualTo(3);
        assertThat(back.version()).isEqualTo(first.version());
        assertThat(back.replacedId()).isEqualTo(second.id());
        assertThat(back.restoresId()).isEqualTo(first.id());
        assertThat(back.alias()).isEqualTo(LIVE);
        assertThat(applications.current("pair")).contains(back);
        assertThat(models.aliases("classifier")).containsEntry(LIVE, "1");
        assertThat(models.aliases("spare")).containsEntry(LIVE, "1");
    }

    @Test
    void aliasesAreTakenOffModelsThatTheVersionBroughtBackDoesNotHave() {
        applications.release(version("grows", scene.model()), MOVING_LIVE);
        Release second = applications.release(version("grows", next("classifier"), scene.spareModel()), MOVING_LIVE);

        applications.rollback(second);

        assertThat(models.aliases("classifier")).containsEntry(LIVE, "1");
        assertThat(models.aliases("spare")).isEmpty();
        assertThat(models.aliasHistory("spare", LIVE)).hasSize(2);
    }

    @Test
    void anAliasThatWasRemovedMeanwhileIsNoObstacle() {
        applications.release(version("grows", scene.model()), MOVING_LIVE);
        Release second = applications.release(version("grows", scene.model(), scene.spareModel()), MOVING_LIVE);
        models.removeAlias("spare", LIVE, AliasExpectation.ANY);
        models.removeAlias("classifier", LIVE, AliasExpectation.ANY);

        applications.rollback(second);

        assertThat(models.aliases("classifier")).containsEntry(LIVE, "1");
        assertThat(models.aliases("spare")).isEmpty();
    }

    @Test
    void rollingBackAgainGoesFurtherBack() {
        Release second = applications.release(version("reader", next("classifier")));
        Release third = applications.release(version("reader", next("classifier")));

        Release toSecond = applications.rollback(third);
        assertThat(toSecond.version()).isEqualTo(second.version());
        Release toFirst = applications.rollback(toSecond);
        assertThat(toFirst.version()).isEqualTo(scene.application());
        assertThat(toFirst.restoresId()).isEqualTo(scene.release().id());
        assertThatThrownBy(() -> applications.rollback(toFirst))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("reader");
        assertThat(applications.releases("reader"))
                .extracting(Release::kind)
                .startsWith(Release.Kind.ROLLBACK, Release.Kind.ROLLBACK, Release.Kind.RELEASE);
    }

    @Test
    void aReleaseAfterARollbackGoesBackToWhatWasInForceBeforeIt() {
        Release second = applications.release(version("reader", next("classifier")));
        applications.rollback(second);
        Release fourth = applications.release(version("reader", next("classifier")));

        Release back = applications.rollback(fourth);

        assertThat(back.version()).isEqualTo(scene.application());
        assertThatThrownBy(() -> applications.rollback(back)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void onlyWhatIsInForceIsRolledBack() {
        Release second = applications.release(version("reader", next("classifier")));

        assertThatThrownBy(() -> applications.rollback(scene.release()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("release 2");
        applications.rollback(second);
        assertThatThrownBy(() -> applications.rollback(second))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("release 3");
        assertThat(applications.releases("reader")).hasSize(3);
    }

    @Test
    void ofManyWhoRollBackOneSucceeds() throws Exception {
        Release second = applications.release(version("reader", next("classifier")), MOVING_LIVE);
        List<Callable<Boolean>> works = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            works.add(() -> {
                try {
                    return applications.rollback(second).number() == 3;
                } catch (ConflictException lost) {
                    return false;
                }
            });
        }
        assertThat(Together.run(works)).containsOnlyOnce(true);
        assertThat(applications.releases("reader")).hasSize(3);
        assertThat(models.aliases("classifier")).containsEntry(LIVE, "1");
    }

    @Test
    void theReleasesOfADestroyedApplicationAreGone() {
        applications.destroy("reader");

        assertThatThrownBy(() -> applications.release(scene.application())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> applications.rollback(scene.release())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> applications.releases("reader").toList()).isInstanceOf(NotFoundException.class);
    }
}
