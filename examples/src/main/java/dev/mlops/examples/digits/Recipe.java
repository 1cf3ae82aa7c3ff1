package dev.mlops.examples.digits;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How to train a model.
 *
 * @param name what to call its runs, such as {@code softmax-fast}
 * @param kind the kind of model
 * @param learningRate how far AdaGrad goes in one step at first
 * @param epochs how often it sees the training data
 * @param seed of the order in which examples are seen, and of the first weights
 */
public record Recipe(String name, Kind kind, double learningRate, int epochs, long seed) {
    /** Kinds of models. */
    public enum Kind {
        /** A linear model with a softmax over its scores: logistic regression with ten classes. */
        SOFTMAX,
        /** A linear model with the hinge loss: a support vector machine. */
        LINEAR_SVM,
        /** A linear model and the products of pixels, by eight factors each (S. Rendle, Factorization Machines, 2010). */
        FACTORISATION_MACHINE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** What a run keeps of it as parameters. */
    public Map<String, Object> params() {
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("kind", kind);
        params.put("optimiser", "AdaGrad");
        params.put("learning-rate", learningRate);
        params.put("epochs", epochs);
        params.put("seed", seed);
        return params;
    }

    /** Such as {@code softmax, learning rate 0.1, 10 epochs}. */
    @Override
    public String toString() {
        return "%s, learning rate %s, %d epochs".formatted(kind, learningRate, epochs);
    }
}
