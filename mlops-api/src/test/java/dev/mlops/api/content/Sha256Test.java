package dev.mlops.api.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Sha256Test {
    @Test
    void agreesWithTheStandardsExample() {
        assertThat(Sha256.of("abc".getBytes(StandardCharsets.US_ASCII)))
                .hasToString("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void refusesOtherForms() {
        assertThatThrownBy(() -> new Sha256("BA78")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new Sha256("g".repeat(64))).isInstanceOf(InvalidInputException.class);
    }
}
