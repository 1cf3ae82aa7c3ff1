package dev.mlops.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrivilegeTest {
    @ParameterizedTest
    @EnumSource
    void everyPrivilegeImpliesReadAndAdminImpliesEvery(Privilege privilege) {
        assertThat(privilege.implies(Privilege.READ)).isTrue();
        assertThat(Privilege.ADMIN.implies(privilege)).isTrue();
        assertThat(privilege.impliedBy()).contains(privilege, Privilege.ADMIN);
    }

    @Test
    void editDoesNotImplyDelete() {
        assertThat(Privilege.EDIT.implies(Privilege.DELETE)).isFalse();
        assertThat(Privilege.READ.implies(Privilege.EDIT)).isFalse();
        assertThat(Privilege.READ.impliedBy()).containsExactlyInAnyOrder(Privilege.values());
    }

    @Test
    void principalsHaveReadableNames() {
        assertThat(Principal.user("alice", Set.of("vision", "edge"))).hasToString("alice of edge, vision");
        assertThatThrownBy(() -> Principal.user(" ")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Principal.user("a\nb")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Principal.user("a", Set.of(""))).isInstanceOf(InvalidInputException.class);
    }
}
