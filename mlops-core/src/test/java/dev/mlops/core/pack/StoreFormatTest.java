package dev.mlops.core.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class StoreFormatTest {
    private static StoreFormat parse(String json) {
        return StoreFormat.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Example
    void theDefaultsAreWrittenAsDocumented() {
        assertThat(StoreFormat.DEFAULTS.toJson()).isEqualTo("""
                {"format":"mlops-content","version":1,"chunkMin":65536,"chunkAverage":262144,"chunkMax":1048576,\
                "packBytes":33554432,"level":2}
                """);
        assertThat(parse(StoreFormat.DEFAULTS.toJson())).isEqualTo(StoreFormat.DEFAULTS);
    }

    @Example
    void unknownMembersAreSkippedAndNewerVersionsRefused() {
        String json = StoreFormat.DEFAULTS.toJson();
        assertThat(parse(json.replace("\"level\"", "\"more\":{\"x\":[1]},\"level\"")))
                .isEqualTo(StoreFormat.DEFAULTS);
        for (String bad : new String[] {
            "",
            "[]",
            "7",
            "null",
            "{",
            json + "{}",
            "\ud83c",
            json.replace("mlops-content", "mlops-manifest"),
            json.replace("\"version\":1", "\"version\":2"),
            json.replace("\"version\":1", "\"version\":\"1\""),
            json.replace("\"level\":2", "\"level\":2.5"),
            json.replace("\"level\":2", "\"level\":2,\"level\":2"),
            json.replace("\"level\":2", "\"level\":99999999999"),
            json.replace("\"level\":2", "\"level\":99"),
            json.replace("65536", "0"),
            json.replace("65536", "-65536"),
            json.replace("262144", "262145"),
            json.replace("1048576", "33554431"),
            json.replace("33554432", "2147483647"),
        }) {
            assertThatExceptionOfType(IntegrityException.class).as(bad).isThrownBy(() -> parse(bad));
        }
    }

    @Property(tries = 300)
    void noiseIsRefused(@ForAll byte[] noise) {
        assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> StoreFormat.parse(noise));
    }

    @Example
    void aPackHasRoomForAChunk() {
        assertThat(new StoreFormat(64, 256, 1024, 1032, 1).packBytes()).isEqualTo(1032);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new StoreFormat(64, 256, 1024, 1031, 1))
                .withMessageContaining("packBytes");
    }
}
