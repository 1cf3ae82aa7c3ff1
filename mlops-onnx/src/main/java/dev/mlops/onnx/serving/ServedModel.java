package dev.mlops.onnx.serving;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.routing.ModelRouter;
import java.util.regex.Pattern;

/**
 * A model under the name and version by which clients reach it. Immutable. Whoever loaded the model closes it, after it was
 * replaced or withdrawn or the server was closed.
 */
public final class ServedModel {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    private final String name;
    private final String version;
    private final Runner runner;
    private final boolean isPreferred;

    ServedModel(String name, String version, Runner runner, boolean isPreferred) {
        this.name = checked("model name", name);
        this.version = checked("model version", version);
        this.runner = runner;
        this.isPreferred = isPreferred;
    }

    /**
     * Each request is a run of its own.
     *
     * @param name 1 to 128 characters of {@code [A-Za-z0-9_.-]}
     * @param version the same
     */
    public static ServedModel of(String name, String version, OnnxModel model) {
        return new ServedModel(name, version, Runner.of(model), false);
    }

    /**
     * Rows of requests that come at the same time are run together, and no thread waits for them. A request with more rows
     * than a batch may have is a run of its own.
     */
    public static ServedModel of(String name, String version, BatchingModel model) {
        return new ServedModel(name, version, Runner.of(model), false);
    }

    /** Each request is a run of the model that the router chooses. */
    public static ServedModel of(String name, String version, ModelRouter router) {
        return new ServedModel(name, version, Runner.of(router), false);
    }

    private static String checked(String field, String value) {
        if (!PART.matcher(value).matches()) {
            throw new InvalidInputException(field, value, "must be 1 to 128 characters of [A-Za-z0-9_.-]");
        }
        return value;
    }

    /** The same, as the version that a client gets who names none; otherwise that is the highest one. */
    public ServedModel preferred() {
        return new ServedModel(name, version, runner, true);
    }

    /** The same, when another version has become the preferred one. */
    ServedModel notPreferred() {
        return isPreferred ? new ServedModel(name, version, runner, false) : this;
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The version. */
    public String version() {
        return version;
    }

    /** True if made by {@link #preferred()}. */
    public boolean isPreferred() {
        return isPreferred;
    }

    Runner runner() {
        return runner;
    }

    /** Its name and version. */
    @Override
    public String toString() {
        return name + ":" + version;
    }
}
