package dev.mlops.testkit.access;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.project.Project;
import dev.mlops.testkit.fixture.Scene;
import java.util.List;

/**
 * A call that needs a privilege.
 *
 * @param name what is called
 * @param privilege the privilege that it needs
 * @param place on what
 * @param also what else it needs, besides the project
 * @param action the call, by somebody who sees the project, on things of the scene
 */
record GuardedCall(String name, Privilege privilege, Place place, List<Need> also, Action action) {
    static GuardedCall of(Privilege privilege, Place place, String name, Action action) {
        return new GuardedCall(name, privilege, place, List.of(), action);
    }

    GuardedCall also(Privilege other, Place on) {
        return new GuardedCall(name, privilege, place, List.of(new Need(other, on)), action);
    }

    @Override
    public String toString() {
        return "%s needs %s on %s".formatted(name, privilege, place);
    }

    /**
     * A privilege on something.
     *
     * @param privilege the privilege
     * @param place on what
     */
    record Need(Privilege privilege, Place place) {}

    /** What is called. */
    @FunctionalInterface
    interface Action {
        void call(Project project, Scene scene) throws Exception;
    }
}
