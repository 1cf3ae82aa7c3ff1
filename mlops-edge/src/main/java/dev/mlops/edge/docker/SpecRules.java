package dev.mlops.edge.docker;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.spi.device.InstanceSpec;
import java.util.regex.Pattern;

/** The rules for what callers may ask of the engine. */
final class SpecRules {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");
    private static final long MIN_MEMORY = 64L << 20;

    private SpecRules() {}

    static String name(String instance) {
        if (!NAME.matcher(instance).matches()) {
            throw new InvalidInputException("instance name", instance, "must be 1 to 128 characters of [a-zA-Z0-9_.-]");
        }
        return instance;
    }

    static void check(InstanceSpec spec) {
        name(spec.name());
        text("owner", spec.owner());
        text("model name", spec.modelName());
        text("model version", spec.modelVersion());
        RelativePath.check("model file", spec.modelFile());
        if (spec.hostPort() < 1 || spec.hostPort() > 65_535) {
            throw new InvalidInputException("host port", spec.hostPort(), "must be 1 to 65535");
        }
        check(spec.resources());
        spec.environment().forEach(SpecRules::variable);
    }

    private static void check(InstanceSpec.Resources resources) {
        if (resources.memoryBytes() < MIN_MEMORY) {
            throw new InvalidInputException("memory", resources.memoryBytes(), "must be 64 MiB or more");
        }
        // Written so that NaN is refused too.
        if (!(resources.cpus() >= 0.01 && resources.cpus() <= 4096)) {
            throw new InvalidInputException("processors", resources.cpus(), "must be 0.01 or more");
        }
        if (resources.maxProcesses() < 16) {
            throw new InvalidInputException("processes", resources.maxProcesses(), "must be 16 or more");
        }
    }

    private static void text(String field, String value) {
        if (value.isBlank() || value.startsWith("-") || value.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidInputException(
                    field, value, "must not be blank, begin with '-' or hold a control character");
        }
    }

    private static void variable(String name, String value) {
        if (!VARIABLE.matcher(name).matches()) {
            throw new InvalidInputException("environment variable", name, "must match " + VARIABLE);
        }
        if (value.indexOf('\0') >= 0) {
            throw new InvalidInputException("environment variable " + name, value, "must not hold a NUL character");
        }
    }
}
