package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerAddressTest {
    @ParameterizedTest
    @CsvSource({
        "unix:///var/run/docker.sock,http://localhost/",
        "tcp://192.0.2.7:2375,http://192.0.2.7:2375/",
        "tcp://device,http://device:2375/",
        "http://device:80,http://device/",
        "tcp://[2001:db8::7]:2375,http://[2001:db8::7]:2375/"
    })
    void readsTheFormsOfDockerHost(URI uri, String base) {
        assertThat(DockerAddress.parse(uri, null).base()).hasToString(base);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssh://device", "npipe:////./pipe/docker_engine", "/var/run/docker.sock", "unix://relative.sock",
                "tcp:///path", "tcp://device:70000", "fd:///3", "https://device:2376"
            })
    void refusesOtherAddresses(URI uri) {
        assertThatThrownBy(() -> DockerEngine.fromUri(uri)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void keepsABlankInThePathOfASocket() {
        try (DockerEngine engine = DockerEngine.overUnixSocket(Path.of("/tmp/a b.sock"))) {
            assertThat(engine.describe()).isEqualTo("docker at unix:///tmp/a%20b.sock");
        }
    }
}
