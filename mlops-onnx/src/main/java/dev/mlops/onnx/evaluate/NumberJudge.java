package dev.mlops.onnx.evaluate;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.Tensor;
import java.util.List;

/** Judges numbers by their errors. */
final class NumberJudge implements Judge<Double> {
    private long count;
    private double squares;
    private double absolutes;
    private double mean;
    /** The squared differences of the targets from their mean, by the method of Welford (1962). */
    private double spread;

    @Override
    public Runnable judge(List<Double> targets, Tensor output) {
        Judge.checkRows(targets.size(), output);
        double[] given = output.doubles();
        if (given.length != targets.size()) {
            throw new InvalidInputException("output", output, "must have one number for each example");
        }
        for (int i = 0; i < given.length; i++) {
            if (!Double.isFinite(given[i]) || !Double.isFinite(targets.get(i))) {
                throw new InvalidInputException(
                        "output and target", given[i] + ", " + targets.get(i), "must be finite numbers");
            }
        }
        return () -> {
            for (int i = 0; i < given.length; i++) {
                add(targets.get(i), given[i]);
            }
        };
    }

    private void add(double target, double given) {
        double error = given - target;
        squares += error * error;
        absolutes += Math.abs(error);
        count++;
        double before = target - mean;
        mean += before / count;
        spread += before * (target - mean);
    }

    RegressionReport report(Speed speed, Damages damages) {
        return new RegressionReport(
                count, Math.sqrt(squares / count), absolutes / count, determination(), speed, damages);
    }

    private double determination() {
        if (count < 2) {
            return Double.NaN;
        }
        if (spread == 0) {
            return squares == 0 ? 1 : 0;
        }
        return 1 - squares / spread;
    }
}
