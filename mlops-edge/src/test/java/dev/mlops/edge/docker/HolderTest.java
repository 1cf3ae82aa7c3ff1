package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.edge.docker.Holder.Life;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HolderTest {
    private final Holder here = Holder.here();

    @Test
    void isReadBackAsItWasWritten() {
        assertThat(Holder.parse(here.toString())).isEqualTo(here);
    }

    @Test
    void anAttemptOfThisProcessLivesAsLongAsItRuns() {
        Holder ended = Holder.attempt(running -> {
            assertThat(here.lifeOf(running)).isEqualTo(Life.ALIVE);
            return running;
        });

        assertThat(here.lifeOf(ended)).isEqualTo(Life.DEAD);
    }

    @Test
    void anAttemptOfAnotherProcessMayHaveEndedAlthoughTheProcessLives() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            long started = process.info().startInstant().orElseThrow().toEpochMilli();
            assertThat(here.lifeOf(with(here.boot(), process.pid(), started))).isEqualTo(Life.UNKNOWN);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aProcessThatEndedIsDead() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();

        assertThat(here.lifeOf(with(here.boot(), process.pid(), 0))).isEqualTo(Life.DEAD);
    }

    @Test
    void anotherProcessUnderTheSameNumberIsNotTheHolder() {
        assertThat(here.lifeOf(with(here.boot(), here.pid(), here.started() - 3_600_000)))
                .isEqualTo(Life.DEAD);
    }

    @Test
    void nothingOutlivesAPowerCycle() {
        assertThat(here.lifeOf(with("another-boot", here.pid(), here.started())))
                .isEqualTo(Life.DEAD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a/b/c/d/e/f", "////", "another-machine/b/c/1/2/x"})
    void whatIsNotOfThisMachineIsUnknown(String label) {
        assertThat(here.lifeOf(Holder.parse(label))).isEqualTo(Life.UNKNOWN);
    }

    private Holder with(String boot, long pid, long started) {
        return new Holder(here.machine(), boot, here.space(), pid, started, "x");
    }
}
