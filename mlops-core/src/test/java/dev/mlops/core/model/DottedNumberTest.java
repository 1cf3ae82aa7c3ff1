package dev.mlops.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DottedNumberTest {
    @Property
    void itsTextIsReadBack(
            @ForAll @IntRange(max = 99) int major,
            @ForAll @IntRange(max = 99) int minor,
            @ForAll @IntRange(max = 99) int patch) {
        DottedNumber number = new DottedNumber(major, minor, patch);

        assertThat(DottedNumber.parse(number.toString())).isEqualTo(number);
    }

    @Property
    void anyOtherTextIsRefused(@ForAll String text) {
        if (!text.matches("(\\d|[1-9]\\d)(\\.(\\d|[1-9]\\d)){2}")) {
            assertThatThrownBy(() -> DottedNumber.parse(text)).isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void countingOnVisitsEveryNumberOnce() {
        DottedNumber number = new DottedNumber(0, 0, 0);
        for (int expected = 1; expected < 1_000_000; expected++) {
            number = number.next();
            if (number.major() * 10_000 + number.minor() * 100 + number.patch() != expected) {
                assertThat(number).as("number %d", expected).isNull();
            }
        }
        assertThat(number).hasToString("99.99.99");
        assertThatThrownBy(number::next)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("99.99.99");
    }
}
