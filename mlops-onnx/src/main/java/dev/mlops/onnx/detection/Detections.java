package dev.mlops.onnx.detection;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.classification.Labels;
import dev.mlops.onnx.image.Letterboxed;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Stage;
import java.util.ArrayList;
import java.util.List;

/**
 * The stages that read what detectors give. Of each image they give what was found with at least a minimal score, in the
 * order of the tensor, boxes in pixels of the image that the model saw. A score that is NaN is refused, and so is a box
 * with edges out of order or infinite if its score is high enough.
 */
public final class Detections {
    private static final int EDGES = 4;
    private static final int COLUMNS = 6;

    private Detections() {}

    /**
     * Reads FLOAT [images, 4 + classes, n], as YOLOv8 and later give it (Ultralytics, without NMS): of each of n candidates
     * a box as {@link BoxFormat#CXCYWH} and a score for each class, of which the highest counts; of equal ones the first.
     * For {@link NonMaxSuppression}.
     */
    public static Stage<Tensor, List<List<Detection>>> columns(Labels labels, float minScore) {
        Detection.checkNumber("minScore", minScore);
        return Stage.of("detections", tensor -> {
            long[] shape = checked(tensor, "[images, 4 + " + labels.size() + ", n]");
            if (shape[1] != EDGES + labels.size()) {
                throw wrong(tensor, "[images, 4 + " + labels.size() + ", n]");
            }
            return read(tensor, shape[0], new Columns((int) shape[2], labels, minScore));
        });
    }

    /**
     * Reads FLOAT [images, n, 6] or, of one image, [n, 6], as detectors give it that suppress by themselves: of each
     * candidate a box, the score, and the place of its class. Rows of less than the minimal score are padding.
     */
    public static Stage<Tensor, List<List<Detection>>> rows(BoxFormat format, Labels labels, float minScore) {
        Detection.checkNumber("minScore", minScore);
        return Stage.of("detections", tensor -> {
            long[] shape = tensor.shape();
            if (shape.length < 2 || shape.length > 3 || shape[shape.length - 1] != COLUMNS) {
                throw wrong(tensor, "[images, n, 6]");
            }
            long images = shape.length == 2 ? 1 : shape[0];
            return read(tensor, images, new Rows((int) shape[shape.length - 2], format, labels, minScore));
        });
    }

    /** Puts what was found in an image with bars where it is in the image before, clipped to that. */
    public static List<Detection> undo(Letterboxed image, List<Detection> found) {
        return found.stream()
                .map(detection -> detection.at(undo(image, detection.box())))
                .toList();
    }

    private static Box undo(Letterboxed image, Box box) {
        return new Box(
                        image.originalX(box.left()),
                        image.originalY(box.top()),
                        image.originalX(box.right()),
                        image.originalY(box.bottom()))
                .clipped(image.originalWidth(), image.originalHeight());
    }

    private static long[] checked(Tensor tensor, String wanted) {
        long[] shape = tensor.shape();
        if (shape.length != 3) {
            throw wrong(tensor, wanted);
        }
        return shape;
    }

    private static InvalidInputException wrong(Tensor tensor, String wanted) {
        return new InvalidInputException("detections", tensor, "must have the shape " + wanted);
    }

    private interface Reader {
        List<Detection> read(float[] values, int from);

        int length();
    }

    private static List<List<Detection>> read(Tensor tensor, long images, Reader reader) {
        float[] values = tensor.floats();
        List<List<Detection>> found = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            found.add(reader.read(values, i * reader.length()));
        }
        return List.copyOf(found);
    }

    private record Columns(int candidates, Labels labels, float minScore) implements Reader {
        @Override
        public int length() {
            return (EDGES + labels.size()) * candidates;
        }

        @Override
        public List<Detection> read(float[] values, int from) {
            List<Detection> found = new ArrayList<>();
            for (int i = from; i < from + candidates; i++) {
                int best = best(values, i + EDGES * candidates);
                float score = values[i + (EDGES + best) * candidates];
                if (score >= minScore) {
                    Box box = BoxFormat.CXCYWH.box(
                            values[i], values[i + candidates], values[i + 2 * candidates], values[i + 3 * candidates]);
                    found.add(new Detection(box, labels.of(best), best, score));
                }
            }
            return List.copyOf(found);
        }

        private int best(float[] values, int first) {
            int best = 0;
            for (int i = 0; i < labels.size(); i++) {
                if (Detection.checkNumber("score", values[first + i * candidates])
                        > values[first + best * candidates]) {
                    best = i;
                }
            }
            return best;
        }
    }

    private record Rows(int candidates, BoxFormat format, Labels labels, float minScore) implements Reader {
        @Override
        public int length() {
            return COLUMNS * candidates;
        }

        @Override
        public List<Detection> read(float[] values, int from) {
            List<Detection> found = new ArrayList<>();
            for (int at = from; at < from + length(); at += COLUMNS) {
                float score = Detection.checkNumber("score", values[at + EDGES]);
                if (score >= minScore) {
                    int index = index(values[at + EDGES + 1]);
                    Box box = format.box(values[at], values[at + 1], values[at + 2], values[at + 3]);
                    found.add(new Detection(box, labels.of(index), index, score));
                }
            }
            return List.copyOf(found);
        }

        private static int index(float value) {
            int index = (int) value;
            if (index != value) {
                throw new InvalidInputException("class", value, "must be a whole number");
            }
            return index;
        }
    }
}
