package dev.mlops.onnx.serving;

import dev.mlops.api.error.InvalidInputException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The command line of {@link ModelServerMain}.
 *
 * @param threads inferences at once, each on one thread
 */
record ServerArguments(Path model, String name, String version, String host, int port, int threads) {
    static final String USAGE =
            "usage: --model PATH --name NAME --version VERSION [--host 127.0.0.1] [--port 8080] [--threads N]";

    private static final Set<String> OPTIONS =
            Set.of("--model", "--name", "--version", "--host", "--port", "--threads");

    static ServerArguments parse(String... arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!OPTIONS.contains(arguments[i]) || i + 1 == arguments.length) {
                throw new InvalidInputException("argument", arguments[i], "is unknown or has no value; " + USAGE);
            }
            given.put(arguments[i], arguments[i + 1]);
        }
        String processors = Integer.toString(Runtime.getRuntime().availableProcessors());
        return new ServerArguments(
                Path.of(required(given, "--model")),
                required(given, "--name"),
                required(given, "--version"),
                given.getOrDefault("--host", "127.0.0.1"),
                number(given.getOrDefault("--port", "8080"), "--port", 0, 65_535),
                number(given.getOrDefault("--threads", processors), "--threads", 1, 1_024));
    }

    private static String required(Map<String, String> given, String option) {
        String value = given.get(option);
        if (value == null) {
            throw new InvalidInputException("argument", option, "is missing; " + USAGE);
        }
        return value;
    }

    private static int number(String text, String option, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new InvalidInputException(option, text, "must be " + least + " to " + most, e);
        }
        throw new InvalidInputException(option, text, "must be " + least + " to " + most);
    }
}
