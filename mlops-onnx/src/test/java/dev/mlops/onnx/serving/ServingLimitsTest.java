package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServingLimitsTest {
    @Test
    void moreBytesAreHeldThanOneRequestMayHave() {
        ServingLimits.Builder builder = ServingLimits.builder().maxRequestBytes(1 << 30);
        assertThat(builder.build().maxHeldBytes()).isGreaterThanOrEqualTo(1 << 30);
        assertThat(builder.maxHeldBytes(5L << 30).build().maxHeldBytes()).isEqualTo(5L << 30);

        builder.maxHeldBytes((1 << 30) - 1);

        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("maxHeldBytes '1073741823': must be maxRequestBytes or more, which is 1073741824");
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        ServingLimits.Builder builder = ServingLimits.builder();

        assertThatThrownBy(() -> builder.maxHeldBytes(0)).hasMessageContaining("maxHeldBytes '0'");
        assertThatThrownBy(() -> builder.maxConnections(0)).hasMessageContaining("maxConnections '0'");
        assertThatThrownBy(() -> builder.maxRequests(-1)).hasMessageContaining("maxRequests '-1'");
        assertThatThrownBy(() -> builder.clientTimeout(Duration.ZERO)).hasMessageContaining("clientTimeout");
        assertThatThrownBy(() -> builder.queueTimeout(Duration.ofDays(2))).hasMessageContaining("queueTimeout");
        assertThat(builder.build().maxConnections()).isEqualTo(4096);
    }
}
