package dev.mlops.examples.digits;

import java.util.List;
import org.tribuo.Example;
import org.tribuo.MutableDataset;
import org.tribuo.Trainer;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.sgd.fm.FMClassificationTrainer;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.Hinge;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.StochasticGradientOptimiser;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/** Trains models on digits, in Java, with Tribuo. Not thread-safe. */
public final class DigitTrainer {
    private static final LabelFactory LABELS = new LabelFactory();
    private static final String[] PIXELS = pixelNames();
    private static final int LOG_NOTHING = -1;
    private static final int ONE_BY_ONE = 1;
    private static final int FACTORS = 8;
    private static final double FACTOR_SPREAD = 0.05;

    private final MutableDataset<Label> examples;

    /** Trains on these digits. */
    public DigitTrainer(List<Digit> digits) {
        examples = new MutableDataset<>(new SimpleDataSourceProvenance("handwritten digits", LABELS), LABELS);
        digits.forEach(digit -> examples.add(example(digit)));
    }

    /**
     * Trains a model as a recipe says, but for {@code epochs} epochs. The recipe's seed fixes the order of the examples,
     * so that the model after four epochs is the one after three that has seen the examples once more.
     */
    public DigitModel train(Recipe recipe, int epochs) {
        return new DigitModel(trainer(recipe, epochs).train(examples));
    }

    private static Trainer<Label> trainer(Recipe recipe, int epochs) {
        StochasticGradientOptimiser optimiser = new AdaGrad(recipe.learningRate());
        long seed = recipe.seed();
        return switch (recipe.kind()) {
            case SOFTMAX -> new LinearSGDTrainer(new LogMulticlass(), optimiser, epochs, LOG_NOTHING, ONE_BY_ONE, seed);
            case LINEAR_SVM -> new LinearSGDTrainer(new Hinge(), optimiser, epochs, LOG_NOTHING, ONE_BY_ONE, seed);
            case FACTORISATION_MACHINE ->
                new FMClassificationTrainer(
                        new LogMulticlass(), optimiser, epochs, LOG_NOTHING, ONE_BY_ONE, seed, FACTORS, FACTOR_SPREAD);
        };
    }

    static Example<Label> example(Digit digit) {
        double[] values = new double[PIXELS.length];
        float[] features = digit.features();
        for (int i = 0; i < values.length; i++) {
            values[i] = features[i];
        }
        return new ArrayExample<>(new Label(Integer.toString(digit.label())), PIXELS, values);
    }

    /** Names that sort as the pixels lie, since Tribuo numbers features by name. */
    private static String[] pixelNames() {
        String[] names = new String[Digit.SIDE * Digit.SIDE];
        for (int i = 0; i < names.length; i++) {
            names[i] = "pixel%02d".formatted(i);
        }
        return names;
    }
}
