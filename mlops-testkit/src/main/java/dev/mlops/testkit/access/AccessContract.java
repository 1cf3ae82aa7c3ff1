package dev.mlops.testkit.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.AccessControl;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.project.Project;
import dev.mlops.api.project.ProjectUpdate;
import dev.mlops.testkit.fixture.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Who may call what: every call of the services, tried by callers who see nothing, who may read, who have each other
 * privilege, and who have the very privilege that it needs, by a grant on the asset or the project to the user or a group.
 * Inherit it and say which store to use.
 */
public abstract class AccessContract {
    private static final Principal ALICE = Principal.user("alice", Set.of("team"));
    private static final Subject ALICE_HERSELF = Subject.user("alice");
    private static final Subject HER_TEAM = Subject.group("team");

    /** Creates the suite; JUnit makes one for each test. */
    protected AccessContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    private interface Check {
        void of(GuardedCall call) throws Exception;
    }

    private static Stream<DynamicTest> eachCall(Check check) {
        return each(GuardedCalls.all(), check);
    }

    private static Stream<DynamicTest> each(List<GuardedCall> calls, Check check) {
        return calls.stream().map(call -> DynamicTest.dynamicTest(call.toString(), () -> check.of(call)));
    }

    private static void call(GuardedCall call, Mlops caller, Scene scene) throws Exception {
        Project project = caller.projects().open(scene.project().name());
        call.action().call(project, scene);
    }

    @TestFactory
    Stream<DynamicTest> nothingIsFoundWithoutAGrant() {
        Scene secret = Scene.tell(mlops());
        Scene internal = Scene.tell(mlops());
        makeVisible(internal, Visibility.INTERNAL);
        grantOthers(secret);
        return eachCall(call -> {
            for (Principal stranger : List.of(ALICE, Principal.user("stranger"), Principal.anonymous())) {
                assertNotFound(call, stranger, secret);
            }
            assertNotFound(call, Principal.anonymous(), internal);
        });
    }

    /** Grants that must not help alice: to another user and group, and to a group and a user named the other way. */
    private static void grantOthers(Scene scene) {
        AccessControl access = scene.project().access();
        for (Subject other : List.of(Subject.user("team"), Subject.group("alice"), Subject.user("Alice"))) {
            access.grant(other, Privilege.ADMIN);
        }
    }

    private void assertNotFound(GuardedCall call, Principal caller, Scene scene) {
        assertThatThrownBy(() -> call(call, mlops().as(caller), scene))
                .as("%s by %s", call, caller)
                .isInstanceOf(NotFoundException.class);
    }

    /** One who sees the project by a grant on something else in it finds the rest as little. */
    @TestFactory
    Stream<DynamicTest> nothingElseIsFoundWithAGrantOnAnotherAsset() {
        Scene scene = Scene.tell(mlops());
        Asset spare = Asset.application(
                scene.project().applications().find("spare").orElseThrow().id());
        scene.project().access().grant(spare, ALICE_HERSELF, Privilege.ADMIN);
        return eachCall(call -> assertNotFound(call, ALICE, scene));
    }

    @TestFactory
    Stream<DynamicTest> readersAreToldWhichPrivilegeTheyLack() {
        Scene open = Scene.tell(mlops());
        Scene internal = Scene.tell(mlops());
        Scene granted = Scene.tell(mlops());
        makeVisible(open, Visibility.PUBLIC);
        makeVisible(internal, Visibility.INTERNAL);
        granted.project().access().grant(HER_TEAM, Privilege.READ);
        return each(changing(), call -> {
            assertDenied(call, Principal.anonymous(), open);
            assertDenied(call, ALICE, open);
            assertDenied(call, ALICE, internal);
            assertDenied(call, ALICE, granted);
        });
    }

    private static List<GuardedCall> changing() {
        return GuardedCalls.all().stream()
                .filter(call -> call.privilege() != Privilege.READ)
                .toList();
    }

    private void assertDenied(GuardedCall call, Principal caller, Scene scene) {
        assertThatThrownBy(() -> call(call, mlops().as(caller), scene))
                .as("%s by %s", call, caller)
                .isInstanceOfSatisfying(AccessDeniedException.class, e -> {
                    assertThat(e.missing()).isEqualTo(call.privilege().toString());
                    assertThat(e.principal()).isEqualTo(caller.name());
                    assertThat(e).hasMessageContaining(e.target());
                });
    }

    @TestFactory
    Stream<DynamicTest> anotherPrivilegeDoesNotDo() {
        Scene scene = Scene.tell(mlops());
        for (Privilege privilege : Privilege.values()) {
            for (Privilege other : Privilege.values()) {
                if (!other.implies(privilege)) {
                    scene.project().access().grant(Subject.group("without-" + privilege), other);
                }
            }
        }
        return each(
                changing(),
                call -> assertDenied(call, Principal.user("alice", Set.of("without-" + call.privilege())), scene));
    }

    @TestFactory
    Stream<DynamicTest> whatIsVisibleIsReadWithoutAGrant() {
        Scene open = Scene.tell(mlops());
        Scene internal = Scene.tell(mlops());
        makeVisible(open, Visibility.PUBLIC);
        makeVisible(internal, Visibility.INTERNAL);
        List<GuardedCall> reading = GuardedCalls.all().stream()
                .filter(call -> call.privilege() == Privilege.READ)
                .toList();
        return each(reading, call -> {
            call(call, mlops().as(Principal.anonymous()), open);
            call(call, mlops().as(ALICE), internal);
        });
    }

    @TestFactory
    Stream<DynamicTest> theVeryPrivilegeOnTheAssetDoes() {
        return eachCall(call -> {
            Scene scene = Scene.tell(mlops());
            AccessControl access = scene.project().access();
            access.grant(call.place().in(scene), ALICE_HERSELF, call.privilege());
            call.also().forEach(need -> access.grant(need.place().in(scene), HER_TEAM, need.privilege()));

            call(call, mlops().as(ALICE), scene);
        });
    }

    @TestFactory
    Stream<DynamicTest> theVeryPrivilegeOnTheProjectDoes() {
        return eachCall(call -> {
            Scene scene = Scene.tell(mlops());
            scene.project().access().grant(HER_TEAM, call.privilege());
            call.also().forEach(need -> scene.project().access().grant(HER_TEAM, need.privilege()));

            call(call, mlops().as(ALICE), scene);
        });
    }

    /** Where reading is needed besides, nothing is granted; where more is needed, all but that. */
    @TestFactory
    Stream<DynamicTest> whatACallNeedsBesidesIsNeeded() {
        List<GuardedCall> demanding = GuardedCalls.all().stream()
                .filter(call -> !call.also().isEmpty())
                .toList();
        return each(demanding, call -> {
            Scene scene = Scene.tell(mlops());
            AccessControl access = scene.project().access();
            access.grant(call.place().in(scene), ALICE_HERSELF, call.privilege());
            GuardedCall.Need besides = call.also().get(0);
            grantAllBut(besides.privilege(), access, besides.place().in(scene));
            String before = mlops().events().latest();

            assertThatThrownBy(() -> call(call, mlops().as(ALICE), scene))
                    .isInstanceOf(
                            besides.privilege() == Privilege.READ
                                    ? NotFoundException.class
                                    : AccessDeniedException.class);
            assertThat(scene.project().events().after(before, 10)).isEmpty();
        });
    }

    private static void grantAllBut(Privilege missing, AccessControl access, Asset asset) {
        Stream.of(Privilege.values())
                .filter(privilege -> !privilege.implies(missing))
                .forEach(privilege -> access.grant(asset, ALICE_HERSELF, privilege));
    }

    @TestFactory
    Stream<DynamicTest> aRevokedPrivilegeDoesNoMore() {
        Scene scene = Scene.tell(mlops());
        AccessControl access = scene.project().access();
        List<Privilege> all = new ArrayList<>(List.of(Privilege.values()));
        all.forEach(privilege -> access.grant(ALICE_HERSELF, privilege));
        all.forEach(privilege -> access.revoke(ALICE_HERSELF, privilege));
        return eachCall(call -> assertNotFound(call, ALICE, scene));
    }

    private void makeVisible(Scene scene, Visibility visibility) {
        mlops().projects().update(scene.project().name(), ProjectUpdate.visibility(visibility));
    }
}
