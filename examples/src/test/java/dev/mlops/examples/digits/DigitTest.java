package dev.mlops.examples.digits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class DigitTest {
    private static final List<Digit> ALL = Digits.all();

    @Test
    void everyDigitSurvivesItsPng() {
        assertThat(ALL)
                .hasSize(1797)
                .allSatisfy(digit -> assertThat(Digit.readPng(digit.label(), new ByteArrayInputStream(digit.png())))
                        .isEqualTo(digit));
    }

    @Test
    void featuresGoFromPaperToInk() {
        float[] features = ALL.get(0).features();

        assertThat(features).hasSize(64).contains(0f, 15 / 16f);
        for (float value : features) {
            assertThat(value).isBetween(0f, 1f);
        }
    }

    @Test
    void artHasALineForEachRow() {
        assertThat(ALL.get(0).art().lines())
                .hasSize(8)
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(16));
    }

    @Test
    void refusesWhatIsNoDigit() {
        assertThatThrownBy(() -> new Digit(10, new int[64])).hasMessageContaining("label 10");
        assertThatThrownBy(() -> new Digit(1, new int[63])).hasMessageContaining("63");
        assertThatThrownBy(() -> Digit.readPng(1, new ByteArrayInputStream(new byte[] {1, 2, 3})))
                .hasMessageContaining("not an image");
    }

    @Test
    void readingsFollowTheOrderOfTheLabels() {
        Reading reading = Reading.of("9,8,7,6,5,4,3,2,1,0", new float[] {0, 0, 0.7f, 0, 0, 0, 0, 0, 0, 0.3f});

        assertThat(reading.digit()).isEqualTo(7);
        assertThat(reading.scores().get(7)).isEqualTo(0.7f);
        assertThat(reading.scores().get(0)).isEqualTo(0.3f);
        assertThatThrownBy(() -> Reading.of("0,1", new float[3])).hasMessageContaining("3 scores");
    }
}
