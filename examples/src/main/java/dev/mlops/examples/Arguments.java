package dev.mlops.examples;

import dev.mlops.api.error.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The arguments of a program: some words, and options that each take a value.
 *
 * @param words the arguments that are no options
 * @param options the values of each option, in their order
 */
record Arguments(List<String> words, Map<String, List<String>> options) {
    Arguments {
        words = List.copyOf(words);
        options = Map.copyOf(options);
    }

    /** Takes arguments apart; {@link InvalidInputException} for an option that is not {@code known} or lacks its value. */
    static Arguments parse(String[] args, String... known) {
        List<String> words = new ArrayList<>();
        Map<String, List<String>> options = new LinkedHashMap<>();
        for (int i = 0; i < args.length; i++) {
            if (!args[i].startsWith("--")) {
                words.add(args[i]);
            } else if (!Set.of(known).contains(args[i])) {
                throw new InvalidInputException(
                        "option", args[i], "is not known; " + String.join(", ", known) + " are");
            } else if (i + 1 == args.length) {
                throw new InvalidInputException("option", args[i], "needs a value");
            } else {
                options.computeIfAbsent(args[i], option -> new ArrayList<>()).add(args[++i]);
            }
        }
        return new Arguments(words, options);
    }

    /** The first word. */
    Optional<String> first() {
        return words.stream().findFirst();
    }

    /** The values of an option. */
    List<String> all(String option) {
        return options.getOrDefault(option, List.of());
    }

    /** The last value of an option. */
    Optional<String> option(String option) {
        List<String> values = all(option);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() - 1));
    }
}
