package dev.mlops.benchmarks.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Options of a program, {@code --name value} each, over defaults. Immutable. */
final class Arguments {
    private final Map<String, String> values;

    private Arguments(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    /**
     * Reads the options that are among the defaults; one whose default is {@code false} stands without a value.
     *
     * @throws IllegalArgumentException if there is another, or a value is missing; names it
     */
    static Arguments of(Map<String, String> defaults, String... arguments) {
        Map<String, String> values = new HashMap<>(defaults);
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i].replaceFirst("^--", "");
            String otherwise = defaults.get(name);
            if (otherwise == null || !arguments[i].startsWith("--")) {
                throw new IllegalArgumentException(
                        arguments[i] + " is no option; those with their defaults are " + defaults);
            }
            if (otherwise.equals("false")) {
                values.put(name, "true");
            } else if (++i == arguments.length) {
                throw new IllegalArgumentException("--" + name + " needs a value");
            } else {
                values.put(name, arguments[i]);
            }
        }
        return new Arguments(values);
    }

    boolean has(String name) {
        return text(name).equals("true");
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no option " + name);
        }
        return value;
    }

    List<String> texts(String name) {
        return List.of(text(name).split(","));
    }

    /** A positive whole number. */
    int count(String name) {
        double number = number(name);
        if (number != Math.rint(number) || number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("--" + name + " " + text(name) + " must be a whole number");
        }
        return (int) number;
    }

    /** A positive number. */
    double number(String name) {
        double number;
        try {
            number = Double.parseDouble(text(name));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " " + text(name) + " must be a number", e);
        }
        if (!(number > 0)) {
            throw new IllegalArgumentException("--" + name + " " + text(name) + " must be positive");
        }
        return number;
    }
}
