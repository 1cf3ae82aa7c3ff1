package dev.mlops.core.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinksTest {
    @Test
    void linksThatStayBelowTheTargetAreTaken() {
        for (String to : List.of("x", "./x", "../x", "../../x/y", "../..", "x//y")) {
            assertThat(Links.inside("a/b/link", to)).isEqualTo(to);
        }
    }

    @Test
    void linksThatCouldLeaveTheTargetAreRefused() {
        for (String to : List.of(
                "",
                "/etc/passwd",
                "../../../x",
                "x/../../../../y",
                "other/../x",
                ".././other/../x",
                "C:/x",
                "..\\x",
                "x\0y")) {
            assertThatThrownBy(() -> Links.inside("a/b/link", to))
                    .as(to)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("a/b/link");
        }
    }
}
