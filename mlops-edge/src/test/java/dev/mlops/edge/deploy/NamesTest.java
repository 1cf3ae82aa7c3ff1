package dev.mlops.edge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.DeviceState;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void instanceNamesFitTheEnginesRules() {
        Device device = device("01JD0000000000000000000000", "d".repeat(64));

        assertThat(Names.instance(device, "m".repeat(64), Long.MAX_VALUE)).matches("[a-zA-Z0-9_.-]{1,128}");
    }

    @Test
    void devicesOfTheSameNameInTwoStoresHaveOtherInstances() {
        Device here = device("01JD0000000000000000000000", "camera");
        Device there = device("01JD0000000000000000000001", "camera");

        assertThat(Names.instance(here, "digits", 1))
                .isEqualTo("mlops-camera-digits-1-000000000000")
                .isNotEqualTo(Names.instance(there, "digits", 1));
        assertThat(Names.owner(here)).isNotEqualTo(Names.owner(there));
    }

    private static Device device(String id, String name) {
        return new Device(
                id, "p", name, "default", "here", "", Map.of(), DeviceState.ONLINE, null, "me", Instant.EPOCH);
    }
}
