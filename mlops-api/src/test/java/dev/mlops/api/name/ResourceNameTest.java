package dev.mlops.api.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceNameTest {
    @Test
    void takesNamesOf1To64() {
        assertThat(ResourceName.check("model name", "a")).isEqualTo("a");
        assertThatCode(() -> ResourceName.check("model name", "x".repeat(64))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "ä", "a.b", "a\n", "'; drop table model; --"})
    void refusesOtherCharacters(String name) {
        assertThatThrownBy(() -> ResourceName.check("model name", name))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.field()).isEqualTo("model name"));
    }

    @Test
    void refusesLongNamesAndShowsThemShortened() {
        assertThatThrownBy(() -> ResourceName.check("model name", "x".repeat(1000)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("1000 characters")
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(300));
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "v1", "V23", "", "a b", "a.b"})
    void refusesReservedAndMalformedAliases(String alias) {
        assertThatThrownBy(() -> ResourceName.checkAlias("alias", alias)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void textIsBoundedAndHoldsNoNul() {
        assertThatThrownBy(() -> ResourceName.checkText("title", "x".repeat(31), 30))
                .hasMessageContaining("at most 30");
        assertThatThrownBy(() -> ResourceName.checkText("title", "a\0b", 30)).hasMessageContaining("NUL");
    }
}
