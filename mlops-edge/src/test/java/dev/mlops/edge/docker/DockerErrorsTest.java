package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.URI;
import org.junit.jupiter.api.Test;

class DockerErrorsTest {
    private final DockerErrors errors = new DockerErrors(DockerAddress.parse(URI.create("unix:///tmp"), null));

    @Test
    void tellsWhoMayUseTheSocket() {
        assertThat(errors.translated("info", new UncheckedIOException(new SocketException("Permission denied"))))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("add the user to the group docker");
    }

    @Test
    void keepsTheWordsOfTheEngineAndNotItsJson() {
        assertThat(errors.translated("start of instance 'a'", refusal(404, "{\"message\":\"No such container: a\"}")))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("start of instance 'a' at unix:///tmp: No such container: a");
    }

    @Test
    void mapsWhatTheEngineAnswers() {
        assertThat(errors.translated("x", refusal(400, "bad"))).isInstanceOf(InvalidInputException.class);
        assertThat(errors.translated("x", refusal(409, "taken"))).isInstanceOf(ConflictException.class);
        assertThat(errors.translated("x", refusal(503, "later"))).isInstanceOf(UnavailableException.class);
        assertThat(errors.translated("x", refusal(500, "Bind for 127.0.0.1:80 failed: port is already allocated")))
                .isInstanceOf(ConflictException.class);
        assertThat(errors.translated("x", refusal(500, "name \"a\" is already in use")))
                .isInstanceOf(ConflictException.class);
        assertThat(errors.translated("x", new InternalServerErrorException("no space left on device")))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no space left on device");
    }

    @Test
    void shortensAndCleansWhatAnEngineSays() {
        assertThat(errors.translated("x", refusal(500, "a\u0000\u001b[31m\n" + "b".repeat(10_000)))
                        .getMessage())
                .hasSizeLessThan(700)
                .doesNotContain("\u0000", "\u001b", "\n");
    }

    @Test
    void letsOurOwnExceptionsThrough() {
        CancelledException ours = new CancelledException("stop");

        assertThat(errors.translated("x", new UncheckedIOException(new IOException(ours))))
                .isSameAs(ours);
    }

    @Test
    void knowsTheRefusalOfAVersion() {
        assertThat(DockerErrors.isVersionRefusal(
                        new BadRequestException("Status 400: {\"message\":\"client version 1.24 is too old.\"}")))
                .isTrue();
        assertThat(DockerErrors.isVersionRefusal(new BadRequestException("too old")))
                .isFalse();
        assertThat(DockerErrors.isVersionRefusal(refusal(404, "client version 1.24 is too old.")))
                .isFalse();
    }

    private static DockerException refusal(int status, String body) {
        String text = "Status " + status + ": " + body;
        return switch (status) {
            case 400 -> new BadRequestException(text);
            default -> new DockerException(text, status);
        };
    }
}
