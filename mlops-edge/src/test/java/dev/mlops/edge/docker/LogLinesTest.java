package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogLinesTest {
    @Test
    void keepsTheLastLinesOfBothStreams() {
        LogLines lines = new LogLines(2);

        lines.onNext(out("one\ntwo\n"));
        lines.onNext(err("three\r\n"));

        assertThat(lines.lines()).containsExactly("two", "three");
    }

    @Test
    void joinsALineThatCameInParts() {
        LogLines lines = new LogLines(5);
        byte[] text = "grün\n".getBytes(StandardCharsets.UTF_8);

        lines.onNext(new Frame(StreamType.STDOUT, new byte[] {text[0], text[1], text[2]}));
        lines.onNext(err("between\n"));
        lines.onNext(new Frame(StreamType.STDOUT, new byte[] {text[3], text[4], text[5]}));
        lines.onNext(out("unfinished"));

        assertThat(lines.lines()).containsExactly("between", "grün", "unfinished");
    }

    @Test
    void cutsALineWithoutEnd() {
        LogLines lines = new LogLines(1);
        for (int i = 0; i < 100; i++) {
            lines.onNext(out("x".repeat(10_000)));
        }

        assertThat(lines.lines())
                .singleElement()
                .satisfies(line -> assertThat(line).hasSizeLessThan(20_000));
    }

    private static Frame out(String text) {
        return new Frame(StreamType.STDOUT, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Frame err(String text) {
        return new Frame(StreamType.STDERR, text.getBytes(StandardCharsets.UTF_8));
    }
}
