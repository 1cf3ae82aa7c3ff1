package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Grant;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.model.Model;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.spi.metadata.IdempotencyRepository;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Projects, grants and idempotency keys. */
public abstract class ProjectsContract extends MetadataStoreContract {
    /** For subclasses. */
    protected ProjectsContract() {}

    @Test
    void findsAProjectByNameAndId() {
        ProjectInfo project = world().project(Visibility.INTERNAL);

        assertThat(find(tx -> tx.projects().find(project.name()))).contains(project);
        assertThat(find(tx -> tx.projects().findById(project.id()))).contains(project);
        assertThat(find(tx -> tx.projects().find(project.name() + "x"))).isEmpty();
    }

    @Test
    void keepsTimesToTheMillisecondAndTextAsItIs() {
        String text = "Zeile 1\nZeile 2 'quoted' \"too\" % _ \\ ü 漢 🙂";
        ProjectInfo project = new ProjectInfo(
                World.id(),
                World.name("text"),
                Visibility.PRIVATE,
                text,
                "ålice",
                Instant.parse("1999-12-31T23:59:59.999Z"));
        insert(project);

        assertThat(find(tx -> tx.projects().findById(project.id()))).contains(project);
    }

    @Test
    void refusesATakenNameAndGoesOnInTheSameTransaction() {
        ProjectInfo project = world().project();

        Optional<ProjectInfo> found = write(tx -> {
            assertThatExceptionOfType(AlreadyExistsException.class)
                    .isThrownBy(() -> tx.projects().insert(withId(project, World.id())))
                    .withMessageContaining(project.name());
            return tx.projects().find(project.name());
        });

        assertThat(found).contains(project);
    }

    @Test
    void ofTwoThatTakeOneNameAtOnceOneWins() {
        ProjectInfo project =
                new ProjectInfo(World.id(), World.name("race"), Visibility.PRIVATE, "", "alice", World.NOW);

        List<Boolean> won = together(6, () -> {
            try {
                insert(withId(project, World.id()));
                return true;
            } catch (AlreadyExistsException e) {
                return false;
            }
        });

        assertThat(won).containsOnlyOnce(true);
    }

    @Test
    void updatesVisibilityAndDescriptionOnly() {
        ProjectInfo project = world().project();
        change(tx -> {
            tx.projects()
                    .update(new ProjectInfo(
                            project.id(), "other-name", Visibility.PUBLIC, "changed", "mallory", Instant.EPOCH));
        });

        assertThat(find(tx -> tx.projects().findById(project.id())))
                .contains(new ProjectInfo(
                        project.id(), project.name(), Visibility.PUBLIC, "changed", "alice", World.NOW));
    }

    @Test
    void listsThoseThatTheViewerMayReadOrHasAGrantInByName() {
        Principal viewer = Principal.user(World.name("viewer"), Set.of(World.name("group")));
        Subject group = Subject.group(viewer.groups().iterator().next());
        ProjectInfo granted = world().project();
        ProjectInfo byGroup = world().project();
        ProjectInfo byAsset = world().project();
        ProjectInfo hidden = world().project();
        ProjectInfo internal = world().project(Visibility.INTERNAL);
        ProjectInfo open = world().project(Visibility.PUBLIC);
        Model model = world().model(byAsset);
        world().grant(granted, Asset.project(granted.id()), Subject.user(viewer.name()), Privilege.READ);
        world().grant(byGroup, Asset.project(byGroup.id()), group, Privilege.DEPLOY);
        world().grant(byAsset, Asset.model(model.id()), Subject.user(viewer.name()), Privilege.EDIT);

        assertThat(visible(viewer))
                .contains(granted, byGroup, byAsset, internal, open)
                .doesNotContain(hidden)
                .isSortedAccordingTo(java.util.Comparator.comparing(ProjectInfo::name));
        assertThat(visible(Principal.anonymous())).contains(open).doesNotContain(granted, byGroup, internal, hidden);
        assertThat(visible(HOST)).contains(granted, byGroup, byAsset, hidden, internal, open);
        assertThat(isVisible(byAsset, viewer)).isTrue();
        assertThat(isVisible(hidden, viewer)).isFalse();
        assertThat(isVisible(hidden, HOST)).isTrue();
        assertThat(isVisible(internal, Principal.anonymous())).isFalse();
    }

    @Test
    void aUserWithTheNameOfAGroupHasNotItsGrants() {
        ProjectInfo project = world().project();
        String name = World.name("twin");
        world().grant(project, Asset.project(project.id()), Subject.group(name), Privilege.READ);

        assertThat(isVisible(project, Principal.user(name))).isFalse();
        assertThat(isVisible(project, Principal.user("someone", Set.of(name)))).isTrue();
    }

    @Test
    void aNameThatLooksLikeJsonOrSqlIsOnlyAName() {
        ProjectInfo project = world().project();
        String name = "x\"],[\"' OR 1=1 -- :viewerKind <ids>";

        assertThat(isVisible(project, Principal.user(name, Set.of(name, "\\\""))))
                .isFalse();
        world().grant(project, Asset.project(project.id()), Subject.group(name), Privilege.READ);
        assertThat(isVisible(project, Principal.user("someone", Set.of(name)))).isTrue();
    }

    @Test
    void saysWhatIsInAProjectWithCounts() {
        ProjectInfo project = world().project();
        assertThat(contents(project)).isEmpty();

        world().run(world().experiment(project));
        world().model(project);
        world().model(project);
        world().dataset(project);
        world().application(project);
        world().device(project);

        assertThat(contents(project))
                .containsExactlyInAnyOrder(
                        "1 experiment", "1 run", "1 data set", "2 models", "1 application", "1 device");
    }

    @Test
    void deletesAProjectWithItsGrantsEventsAndKeys() {
        ProjectInfo project = world().project();
        Asset asset = Asset.project(project.id());
        world().grant(project, asset, Subject.user("alice"), Privilege.ADMIN);
        world().event(project, asset, "project");
        IdempotencyRepository.Entry inside = entry(project.id(), "model", "made-inside");
        IdempotencyRepository.Entry made = new IdempotencyRepository.Entry(
                "principal:alice", "project", World.name("k"), "f", project.id(), World.NOW);
        insert(inside);
        insert(made);

        change(tx -> {
            tx.projects().delete(project.id());
        });

        assertThat(find(tx -> tx.projects().findById(project.id()))).isEmpty();
        assertThat(find(inside)).isEmpty();
        assertThat(find(made)).isEmpty();
        assertThat(find(tx -> tx.grants().find(project.id(), asset, Subject.user("alice"), Privilege.ADMIN)))
                .isEmpty();
        assertThat(list(tx -> tx.events().after(project.id(), HOST, "", 10))).isEmpty();
        ProjectInfo again = withId(project, World.id());
        insert(again);
        assertThat(find(tx -> tx.projects().find(project.name()))).contains(again);
    }

    @Test
    void insertsFindsAndDeletesAGrant() {
        ProjectInfo project = world().project();
        Grant grant = new Grant(
                project.id(), Asset.model(World.id()), Subject.group("vision"), Privilege.EDIT, "alice", World.NOW);

        assertThat(this.<Boolean>write(tx -> tx.grants().insert(grant))).isTrue();
        assertThat(this.<Boolean>write(tx -> tx.grants().insert(grant))).isFalse();
        assertThat(find(tx -> tx.grants().find(project.id(), grant.asset(), grant.subject(), Privilege.EDIT)))
                .contains(grant);
        assertThat(find(tx -> tx.grants().find(project.id(), grant.asset(), Subject.user("vision"), Privilege.EDIT)))
                .isEmpty();
        assertThat(delete(grant)).isTrue();
        assertThat(delete(grant)).isFalse();
    }

    @Test
    void listsGrantsOldestFirstAndDeletesThoseOfAnAsset() {
        ProjectInfo project = world().project();
        Asset model = Asset.model(World.id());
        Grant first = world().grant(project, model, Subject.user("zoe"), Privilege.READ);
        Grant second = world().grant(project, Asset.project(project.id()), Subject.user("bob"), Privilege.ADMIN);
        Grant third = world().grant(project, model, Subject.group("all"), Privilege.DEPLOY);

        assertThat(readAll(1, (tx, page) -> tx.grants().list(project.id(), page)))
                .containsExactly(first, second, third);
        change(tx -> {
            tx.grants().deleteAll(model);
        });
        assertThat(readAll(10, (tx, page) -> tx.grants().list(project.id(), page)))
                .containsExactly(second);
    }

    @Test
    void givesThePrivilegesOfAPrincipalOnAnAsset() {
        ProjectInfo project = world().project(Visibility.INTERNAL);
        Model model = world().model(project);
        Asset asset = Asset.model(model.id());
        Principal bob = Principal.user("bob", Set.of("vision", "ops"));
        world().grant(project, asset, Subject.user("bob"), Privilege.EDIT);
        world().grant(project, Asset.project(project.id()), Subject.group("ops"), Privilege.DEPLOY);
        world().grant(project, Asset.model(World.id()), Subject.user("bob"), Privilege.DELETE);

        assertThat(privileges(bob, project, asset))
                .containsExactlyInAnyOrder(Privilege.READ, Privilege.EDIT, Privilege.DEPLOY);
        assertThat(privileges(Principal.user("eve"), project, asset)).containsExactly(Privilege.READ);
        assertThat(privileges(Principal.anonymous(), project, asset)).isEmpty();
        assertThat(privileges(HOST, project, asset)).containsExactly(Privilege.ADMIN);
        assertThat(privileges(bob, project, Asset.project(project.id())))
                .containsExactlyInAnyOrder(Privilege.READ, Privilege.DEPLOY);
    }

    @Test
    void nothingImpliedIsAddedToPrivileges() {
        ProjectInfo project = world().project();
        world().grant(project, Asset.project(project.id()), Subject.user("bob"), Privilege.ADMIN);

        assertThat(privileges(Principal.user("bob"), project, Asset.project(project.id())))
                .containsExactly(Privilege.ADMIN);
    }

    @Test
    void countsTheAdminsOfTheProjectItself() {
        ProjectInfo project = world().project();
        Asset asset = Asset.project(project.id());
        world().grant(project, asset, Subject.user("alice"), Privilege.ADMIN);
        world().grant(project, asset, Subject.group("ops"), Privilege.ADMIN);
        world().grant(project, asset, Subject.user("alice"), Privilege.EDIT);
        world().grant(project, Asset.model(World.id()), Subject.user("bob"), Privilege.ADMIN);

        assertThat(this.<Long>write(tx -> tx.grants().countAdmins(project.id())))
                .isEqualTo(2);
    }

    @Test
    void theLastAdminStaysWhenSeveralAreTakenAtOnce() {
        ProjectInfo project = world().project();
        List<Grant> admins = List.of("a", "b", "c", "d").stream()
                .map(name -> world().grant(project, Asset.project(project.id()), Subject.user(name), Privilege.ADMIN))
                .toList();
        java.util.concurrent.atomic.AtomicInteger next = new java.util.concurrent.atomic.AtomicInteger();

        together(4, () -> {
            Grant grant = admins.get(next.getAndIncrement());
            return this.<Boolean>write(tx -> tx.grants().countAdmins(project.id()) > 1
                    && tx.grants().delete(project.id(), grant.asset(), grant.subject(), grant.privilege()));
        });

        assertThat(this.<Long>write(tx -> tx.grants().countAdmins(project.id())))
                .isEqualTo(1);
    }

    @Test
    void remembersWhatAnIdempotencyKeyMade() {
        IdempotencyRepository.Entry entry = entry(World.id(), "model", "key 1");
        insert(entry);

        assertThat(find(entry)).contains(entry);
        assertThat(find(entry(entry.scope(), "run", "key 1"))).isEmpty();
        assertThat(find(entry(World.id(), "model", "key 1"))).isEmpty();
        assertThat(find(tx -> tx.idempotency().find(entry.scope(), "model", "key 1")))
                .contains(entry);
    }

    @Test
    void ofSeveralWithOneIdempotencyKeyAtOnceOneMakesTheThing() {
        String scope = World.id();

        List<String> made = together(
                6,
                () -> write(tx -> tx.idempotency()
                        .find(scope, "model", "same")
                        .map(IdempotencyRepository.Entry::resourceId)
                        .orElseGet(() -> {
                            IdempotencyRepository.Entry mine =
                                    new IdempotencyRepository.Entry(scope, "model", "same", "f", World.id(), World.NOW);
                            tx.idempotency().insert(mine);
                            return mine.resourceId();
                        })));

        assertThat(made).hasSize(6).containsOnly(made.get(0));
    }

    private static IdempotencyRepository.Entry entry(String scope, String kind, String key) {
        return new IdempotencyRepository.Entry(scope, kind, key, "digest", "resource", World.NOW);
    }

    private void insert(IdempotencyRepository.Entry entry) {
        change(tx -> {
            tx.idempotency().insert(entry);
        });
    }

    private Optional<IdempotencyRepository.Entry> find(IdempotencyRepository.Entry entry) {
        return write(tx -> tx.idempotency().find(entry.scope(), entry.kind(), entry.key()));
    }

    private void insert(ProjectInfo project) {
        change(tx -> {
            tx.projects().insert(project);
        });
    }

    private static ProjectInfo withId(ProjectInfo project, String id) {
        return new ProjectInfo(
                id,
                project.name(),
                project.visibility(),
                project.description(),
                project.createdBy(),
                project.createdAt());
    }

    private List<ProjectInfo> visible(Principal viewer) {
        return readAll(3, (tx, page) -> tx.projects().list(viewer, page));
    }

    private boolean isVisible(ProjectInfo project, Principal viewer) {
        return this.<Boolean>read(tx -> tx.projects().isVisible(project.id(), viewer));
    }

    private List<String> contents(ProjectInfo project) {
        return read(tx -> tx.projects().contents(project.id()));
    }

    private boolean delete(Grant grant) {
        return this.<Boolean>write(
                tx -> tx.grants().delete(grant.projectId(), grant.asset(), grant.subject(), grant.privilege()));
    }

    private Set<Privilege> privileges(Principal principal, ProjectInfo project, Asset asset) {
        return read(tx -> tx.grants().privileges(principal, project.id(), asset));
    }
}
