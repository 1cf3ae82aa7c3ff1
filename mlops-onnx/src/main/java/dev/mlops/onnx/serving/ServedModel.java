package dev.mlops.onnx.serving;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.OnnxModel;
import java.util.regex.Pattern;

/**
 * A model under the name and version by which clients reach it.
 *
 * @param name 1 to 128 characters of {@code [A-Za-z0-9_.-]}
 * @param version the same
 * @param model the model; whoever loaded it closes it, after the server
 */
public record ServedModel(String name, String version, OnnxModel model) {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    /** Checks the name and the version. */
    public ServedModel {
        check("model name", name);
        check("model version", version);
    }

    private static void check(String field, String value) {
        if (!PART.matcher(value).matches()) {
            throw new InvalidInputException(field, value, "must be 1 to 128 characters of [A-Za-z0-9_.-]");
        }
    }
}
