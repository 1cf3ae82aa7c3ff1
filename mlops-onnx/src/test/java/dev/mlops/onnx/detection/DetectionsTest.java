package dev.mlops.onnx.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.classification.Labels;
import dev.mlops.onnx.image.Letterbox;
import dev.mlops.onnx.image.Letterboxed;
import dev.mlops.onnx.image.Pixels;
import dev.mlops.onnx.model.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetectionsTest {
    private static final Labels LABELS = Labels.of(List.of("cat", "dog"));

    @Test
    void boxesAreWhatTheirFormatSays() {
        assertThat(BoxFormat.XYXY.box(1, 2, 4, 6)).isEqualTo(new Box(1, 2, 4, 6));
        assertThat(BoxFormat.XYWH.box(1, 2, 3, 4)).isEqualTo(new Box(1, 2, 4, 6));
        assertThat(BoxFormat.CXCYWH.box(2.5f, 4, 3, 4)).isEqualTo(new Box(1, 2, 4, 6));
        assertThatThrownBy(() -> new Box(1, 2, 0, 6)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new Box(1, 2, Float.NaN, 6)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new Box(1, 2, 3, Float.POSITIVE_INFINITY)).hasMessageContaining("finite");
    }

    @Test
    void iouIsSharedAreaByJointArea() {
        Box box = new Box(0, 0, 2, 2);

        assertThat(box.iou(new Box(1, 1, 3, 3))).isEqualTo(1 / 7.0);
        assertThat(box.iou(box)).isEqualTo(1);
        assertThat(box.iou(new Box(2, 0, 4, 2))).isZero();
        assertThat(new Box(1, 1, 1, 1).iou(new Box(1, 1, 1, 1))).isZero();
    }

    /** Two images, three candidates, of each centre, size and the scores of two classes, one number after another. */
    @Test
    void columnsAreReadAsYoloGivesThem() {
        float[] values = {
            10, 20, 30, 11, 21, 31, 4, 4, 4, 6, 6, 6, 0.9f, 0.1f, 0.2f, 0.3f, 0.2f, 0.8f, 50, 0, 0, 50, 0, 0, 2, 0, 0,
            2, 0, 0, 0.5f, 0, 0, 0.5f, 0, 0
        };

        assertThat(Detections.columns(LABELS, 0.5f).apply(Tensor.floats(values, 2, 6, 3)))
                .containsExactly(
                        List.of(
                                new Detection(new Box(8, 8, 12, 14), "cat", 0, 0.9f),
                                new Detection(new Box(28, 28, 32, 34), "dog", 1, 0.8f)),
                        List.of(new Detection(new Box(49, 49, 51, 51), "cat", 0, 0.5f)));
    }

    @Test
    void rowsAreReadAsDetectorsThatSuppressGiveThem() {
        float[] values = {1, 2, 3, 4, 0.9f, 1, 0, 0, 0, 0, 0, 0};
        List<Detection> expected = List.of(new Detection(new Box(1, 2, 3, 4), "dog", 1, 0.9f));

        assertThat(Detections.rows(BoxFormat.XYXY, LABELS, 0.1f).apply(Tensor.floats(values, 2, 6)))
                .containsExactly(expected);
        assertThat(Detections.rows(BoxFormat.XYXY, LABELS, 0.1f).apply(Tensor.floats(values, 1, 2, 6)))
                .containsExactly(expected);
    }

    @Test
    void whatIsNoDetectionIsRefused() {
        assertThatThrownBy(() -> Detections.columns(LABELS, 0).apply(Tensor.floats(new float[14], 1, 7, 2)))
                .hasMessageContaining("stage 'detections'")
                .hasMessageContaining("[images, 4 + 2, n]");
        assertThatThrownBy(() -> Detections.columns(LABELS, 0).apply(Tensor.floats(new float[6], 6)))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Detections.rows(BoxFormat.XYXY, LABELS, 0).apply(Tensor.floats(new float[5], 1, 5)))
                .hasMessageContaining("[images, n, 6]");
        assertThatThrownBy(() -> rows(0, 0, 1, 1, 1, 2)).hasMessageContaining("has no label");
        assertThatThrownBy(() -> rows(0, 0, 1, 1, 1, 0.5f)).hasMessageContaining("whole number");
        assertThatThrownBy(() -> rows(0, 0, 1, 1, 1, Float.NaN)).hasMessageContaining("whole number");
        assertThatThrownBy(() -> rows(5, 0, 1, 1, 1, 0)).hasMessageContaining("box");
        assertThat(rows(5, 0, 1, 1, 0.4f, 9)).containsExactly(List.of());
        assertThatThrownBy(() -> rows(0, 0, 1, 1, Float.NaN, 0)).hasMessageContaining("no number");
        assertThatThrownBy(() -> Detections.columns(LABELS, 0)
                        .apply(Tensor.floats(new float[] {0, 0, 1, 1, 1, Float.NaN}, 1, 6, 1)))
                .hasMessageContaining("no number");
    }

    /** By NaN nothing can be compared, and nothing would be found or everything kept. */
    @Test
    void scoresAreNumbers() {
        assertThatThrownBy(() -> Detections.columns(LABELS, Float.NaN)).hasMessageContaining("minScore");
        assertThatThrownBy(() -> Detections.rows(BoxFormat.XYXY, LABELS, Float.NaN))
                .hasMessageContaining("minScore");
        assertThatThrownBy(() -> new Detection(new Box(0, 0, 1, 1), "cat", 0, Float.NaN))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("score");
    }

    private static List<List<Detection>> rows(float... values) {
        return Detections.rows(BoxFormat.XYXY, LABELS, 0.5f).apply(Tensor.floats(values, 1, 6));
    }

    @Test
    void boxesGoBackFromTheLetterbox() {
        Letterboxed boxed = Letterbox.of(64, 64).apply(Pixels.bytes(new byte[128 * 32], 128, 32, 1));
        Detection found = new Detection(new Box(16, 28, 48, 40), "cat", 0, 1);

        Detection undone = Detections.undo(boxed, List.of(found)).get(0);

        assertThat(undone.box().left()).isCloseTo(32, within(1e-4f));
        assertThat(undone.box().top()).isCloseTo(8, within(1e-4f));
        assertThat(undone.box().right()).isCloseTo(96, within(1e-4f));
        // The bar below is no part of the image.
        assertThat(undone.box().bottom()).isEqualTo(32);
    }
}
