package dev.mlops.onnx.detection;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.pipeline.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Of boxes that overlap, keeps the one with the highest score: greedy non-maximum suppression within each class (P.
 * Felzenszwalb et al., Object Detection with Discriminatively Trained Part-Based Models, 2010), with the rule of
 * torchvision's {@code batched_nms}, by which a box goes if its IoU with one that was kept is more than the threshold.
 * Gives the highest score first; of equal ones the first. Thread-safe.
 *
 * @param iouThreshold 0 to 1
 * @param maxCandidates how many of the highest scores are looked at, which bounds the time, its square; the others go
 * @param maxDetections how many are kept at most
 */
public record NonMaxSuppression(float iouThreshold, int maxCandidates, int maxDetections)
        implements Stage<List<Detection>, List<Detection>> {
    /** Checks the numbers. */
    public NonMaxSuppression {
        if (!(iouThreshold >= 0 && iouThreshold <= 1)) {
            throw new InvalidInputException("iouThreshold", iouThreshold, "must be 0 to 1");
        }
        if (maxCandidates < 1 || maxDetections < 1) {
            throw new InvalidInputException(
                    "maxCandidates, maxDetections", maxCandidates + ", " + maxDetections, "must be positive");
        }
    }

    /** Looks at 30,000 candidates and keeps 300 at most, as Ultralytics does. */
    public static NonMaxSuppression of(float iouThreshold) {
        return new NonMaxSuppression(iouThreshold, 30_000, 300);
    }

    @Override
    public List<Detection> apply(List<Detection> candidates) {
        List<Detection> kept = new ArrayList<>();
        candidates.stream()
                .sorted(Comparator.comparing(Detection::score).reversed())
                .limit(maxCandidates)
                .forEachOrdered(candidate -> {
                    if (kept.size() < maxDetections && isAlone(candidate, kept)) {
                        kept.add(candidate);
                    }
                });
        return List.copyOf(kept);
    }

    private boolean isAlone(Detection candidate, List<Detection> kept) {
        for (Detection each : kept) {
            if (each.index() == candidate.index() && each.box().iou(candidate.box()) > iouThreshold) {
                return false;
            }
        }
        return true;
    }
}
