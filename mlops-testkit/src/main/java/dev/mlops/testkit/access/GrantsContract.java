package dev.mlops.testkit.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.AccessControl;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Grant;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.event.Event;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelQuery;
import dev.mlops.api.project.Project;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.project.ProjectUpdate;
import dev.mlops.api.release.Application;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.LifecycleView;
import dev.mlops.api.run.RunData;
import dev.mlops.api.run.RunQuery;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link AccessControl} keeps, and what lists show to whom. Inherit it and say which store to use. */
public abstract class GrantsContract {
    private static final Subject ALICE = Subject.user("alice");
    private static final Subject TEAM = Subject.group("team");

    private Scene scene;
    private AccessControl access;
    private Mlops alice;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected GrantsContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void tellTheStory() {
        scene = Scene.tell(mlops());
        access = scene.project().access();
        alice = mlops().as(Principal.user("alice", Set.of("team")));
    }

    private Asset model() {
        return Asset.model(scene.model().modelId());
    }

    private Asset wholeProject() {
        return Asset.project(scene.project().info().id());
    }

    @Test
    void aGrantSaysWhoGaveWhatToWhom() {
        Grant grant = access.grant(model(), ALICE, Privilege.EDIT);

        assertThat(grant.projectId()).isEqualTo(scene.project().info().id());
        assertThat(grant.asset()).isEqualTo(model());
        assertThat(grant.subject()).isEqualTo(ALICE);
        assertThat(grant.privilege()).isEqualTo(Privilege.EDIT);
        assertThat(grant.grantedBy()).isEqualTo(mlops().principal().name());
        assertThat(access.grants()).contains(grant);
    }

    @Test
    void theSameGrantAgainChangesNothing() {
        Grant grant = access.grant(ALICE, Privilege.EDIT);
        String before = mlops().events().latest();

        assertThat(access.grant(ALICE, Privilege.EDIT)).isEqualTo(grant);
        assertThat(scene.project().events().after(before, 10)).isEmpty();
        assertThat(access.grants()).containsOnlyOnce(grant);
    }

    @Test
    void grantsAreListedInTheOrderInWhichTheyWereGiven() {
        Grant one = access.grant(TEAM, Privilege.READ);
        Grant two = access.grant(ALICE, Privilege.DEPLOY);
        Grant three = access.grant(model(), ALICE, Privilege.ADMIN);

        assertThat(access.grants()).containsSubsequence(one, two, three);
    }

    @Test
    void whatWasNotGrantedIsNotRevoked() {
        access.grant(model(), ALICE, Privilege.EDIT);

        assertThatThrownBy(() -> access.revoke(ALICE, Privilege.EDIT)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> access.revoke(model(), ALICE, Privilege.READ)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> access.revoke(model(), Subject.group("alice"), Privilege.EDIT))
                .isInstanceOf(NotFoundException.class);
        access.revoke(model(), ALICE, Privilege.EDIT);
        assertThatThrownBy(() -> access.revoke(model(), ALICE, Privilege.EDIT)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void privilegesIncludeWhatIsImplied() {
        assertThat(opened(Visibility.PUBLIC).access().privileges(model())).containsExactly(Privilege.READ);
        access.grant(model(), ALICE, Privilege.EDIT);
        access.grant(TEAM, Privilege.DEPLOY);

        AccessControl hers = alice.projects().open(scene.project().name()).access();
        assertThat(hers.privileges(model()))
                .containsExactlyInAnyOrder(Privilege.READ, Privilege.EDIT, Privilege.DEPLOY);
        assertThat(hers.privileges(wholeProject())).containsExactlyInAnyOrder(Privilege.READ, Privilege.DEPLOY);
        access.grant(model(), ALICE, Privilege.ADMIN);
        assertThat(hers.privileges(model())).containsExactlyInAnyOrder(Privilege.values());
        assertThat(access.privileges(model())).containsExactlyInAnyOrder(Privilege.values());
    }

    private Project opened(Visibility visibility) {
        mlops().projects().update(scene.project().name(), ProjectUpdate.visibility(visibility));
        return alice.projects().open(scene.project().name());
    }

    @Test
    void onWhatSomebodyMayNotSeeTheyHaveNoPrivileges() {
        access.grant(model(), ALICE, Privilege.EDIT);
        AccessControl hers = alice.projects().open(scene.project().name()).access();

        assertThat(hers.privileges(Asset.dataset(scene.data().datasetId()))).isEmpty();
        assertThat(hers.privileges(wholeProject())).isEmpty();
    }

    @Test
    void assetsOfOtherProjectsAreNotGranted() {
        Scene other = Scene.tell(mlops());

        for (Asset foreign : List.of(
                Asset.model(other.model().modelId()),
                Asset.dataset(other.data().datasetId()),
                Asset.experiment(other.run().experimentId()),
                Asset.application(other.application().applicationId()),
                Asset.project(other.project().info().id()),
                Asset.device("none"))) {
            assertThatThrownBy(() -> access.grant(foreign, ALICE, Privilege.READ))
                    .as("%s", foreign)
                    .isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void theLastAdminStays() {
        Project hers = alice.projects().create(Scene.freshName());
        access = hers.access();

        assertThatThrownBy(() -> access.revoke(ALICE, Privilege.ADMIN))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("alice");
        access.grant(TEAM, Privilege.ADMIN);
        access.revoke(ALICE, Privilege.ADMIN);
        assertThatThrownBy(() -> access.revoke(TEAM, Privilege.ADMIN)).isInstanceOf(InvalidInputException.class);
        Asset model = Asset.model(hers.models().create("digits").id());
        access.grant(model, ALICE, Privilege.ADMIN);
        access.revoke(model, ALICE, Privilege.ADMIN);
    }

    @Test
    void ofTwoAdminsWhoRevokeEachOtherOneStays() throws Exception {
        for (int round = 0; round < 5; round++) {
            Project hers = alice.projects().create(Scene.freshName());
            hers.access().grant(TEAM, Privilege.ADMIN);
            List<Callable<Boolean>> works = List.of(() -> revoked(hers, ALICE), () -> revoked(hers, TEAM));

            assertThat(Together.run(works)).containsOnlyOnce(true);
        }
    }

    private static boolean revoked(Project project, Subject subject) {
        try {
            project.access().revoke(subject, Privilege.ADMIN);
            return true;
        } catch (InvalidInputException wasTheLast) {
            return false;
        }
    }

    @Test
    void anAdminOfOneAssetGrantsOnThatAlone() {
        access.grant(model(), ALICE, Privilege.ADMIN);
        AccessControl hers = alice.projects().open(scene.project().name()).access();
        Subject bob = Subject.user("bob");

        assertThat(hers.grant(model(), bob, Privilege.EDIT).grantedBy()).isEqualTo("alice");
        Asset data = Asset.dataset(scene.data().datasetId());
        assertThatThrownBy(() -> hers.grant(data, bob, Privilege.READ)).isInstanceOf(NotFoundException.class);
        access.grant(data, ALICE, Privilege.EDIT);
        assertThatThrownBy(() -> hers.grant(data, bob, Privilege.READ))
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        e -> assertThat(e.missing()).isEqualTo("admin"));
    }

    @Test
    void grantsGoWithTheirAsset() {
        Asset spare = Asset.model(scene.spareModel().modelId());
        access.grant(spare, ALICE, Privilege.READ);

        scene.project().models().destroy("spare");

        assertThat(access.grants()).noneMatch(grant -> grant.asset().equals(spare));
        assertThatThrownBy(() -> alice.projects().open(scene.project().name())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void listsShowOnlyWhatTheCallerMayRead() {
        String name = scene.project().name();
        assertThat(alice.projects().list()).extracting(ProjectInfo::name).doesNotContain(name);
        assertThat(alice.projects().find(name)).isEmpty();

        access.grant(model(), ALICE, Privilege.DEPLOY);
        Project hers = alice.projects().open(name);
        assertThat(alice.projects().list()).extracting(ProjectInfo::name).contains(name);
        assertThat(hers.models().list()).extracting(Model::name).containsExactly("classifier");
        assertThat(hers.models().list(ModelQuery.text("spare"))).isEmpty();
        assertThat(hers.models().find("spare")).isEmpty();
        assertThat(hers.datasets().list()).isEmpty();
        assertThat(hers.datasets().find("data")).isEmpty();
        assertThat(hers.applications().list()).isEmpty();
        assertThat(hers.applications().find("reader")).isEmpty();
        assertThat(hers.runs().experiments(LifecycleView.ALL)).isEmpty();
        assertThat(hers.runs().findExperiment("training")).isEmpty();
        assertThat(hers.runs().search(RunQuery.builder().build())).isEmpty();
    }

    @Test
    void listsShowWhatTheCallerIsGranted() {
        access.grant(Asset.dataset(scene.spareData().datasetId()), TEAM, Privilege.READ);
        access.grant(Asset.experiment(scene.run().experimentId()), TEAM, Privilege.EDIT);
        access.grant(Asset.application(scene.application().applicationId()), TEAM, Privilege.READ);
        Project hers = alice.projects().open(scene.project().name());

        assertThat(hers.datasets().list()).extracting(Dataset::name).containsExactly("spare");
        assertThat(hers.runs().experiments(LifecycleView.ALL))
                .extracting(Experiment::name)
                .containsExactly("training");
        assertThat(hers.runs().search(RunQuery.builder().build()))
                .extracting(RunData::id)
                .containsExactly(scene.run().id());
        assertThat(hers.applications().list()).extracting(Application::name).containsExactly("reader");
        assertThat(hers.models().list()).isEmpty();
        assertThat(hers.events().list())
                .extracting(Event::subject)
                .isNotEmpty()
                .noneMatch(subject -> subject.contains("classifier"));
    }
}
