package dev.mlops.edge.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.edge.DeployOptions;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Positive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceOptionsTest {
    @Property(tries = 200)
    void whatIsStoredIsReadBack(
            @ForAll @LongRange(min = 64L << 20, max = 1L << 50) long memory,
            @ForAll @DoubleRange(min = 0.01, max = 128) double cpus,
            @ForAll @Positive int processes,
            @ForAll String value,
            @ForAll String probe) {
        InstanceOptions options = InstanceOptions.of(DeployOptions.builder()
                .resources(new Resources(memory, cpus, processes))
                .environment("VALUE", value)
                .readyTimeout(Duration.ofMillis(1_234))
                .probe(probe)
                .build());

        assertThat(InstanceOptions.parse(options.toJson())).isEqualTo(options);
    }

    @Test
    void comparesOnlyWhatMakesTheInstance() {
        InstanceOptions plain = InstanceOptions.of(DeployOptions.defaults());
        InstanceOptions patient = InstanceOptions.of(
                DeployOptions.builder().readyTimeout(Duration.ofHours(1)).build());
        InstanceOptions other = InstanceOptions.of(
                DeployOptions.builder().environment("MODE", "fast").build());

        assertThat(plain.makesTheSameAs(patient)).isTrue();
        assertThat(plain.makesTheSameAs(other)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"format\":2}", "taken up again"})
    void refusesWhatItDidNotWrite(String text) {
        assertThatThrownBy(() -> InstanceOptions.parse(text)).isInstanceOf(IntegrityException.class);
    }
}
