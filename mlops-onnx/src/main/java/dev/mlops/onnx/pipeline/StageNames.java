package dev.mlops.onnx.pipeline;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import java.lang.reflect.Array;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stages that say in what they throw which of them failed. */
final class StageNames {
    private StageNames() {}

    /** One stage and then another. */
    record Chain<I, M, O>(Stage<I, M> first, Stage<? super M, ? extends O> second) implements Stage<I, O> {
        @Override
        public O apply(I input) {
            return second.apply(first.apply(input));
        }
    }

    /** A stage with a name. */
    record Named<I, O>(String name, Stage<I, O> stage) implements Stage<I, O> {
        @Override
        public O apply(I input) {
            try {
                return stage.apply(input);
            } catch (RuntimeException e) {
                throw failure(name, input, e);
            }
        }
    }

    /** The stage itself if whatever fails in it has a name, else the stage with this one. */
    static <I, O> Stage<I, O> orNamed(String name, Stage<I, O> stage) {
        return isNamed(stage) ? stage : stage.named(name);
    }

    private static boolean isNamed(Stage<?, ?> stage) {
        return stage instanceof Named
                || (stage instanceof Chain<?, ?, ?> chain && isNamed(chain.first) && isNamed(chain.second));
    }

    /** What a stage throws for what failed inside. */
    static RuntimeException failure(String name, @Nullable Object input, RuntimeException cause) {
        String stage = "stage '" + name + "'";
        String message = stage + ": " + cause.getMessage();
        if (cause instanceof UnavailableException) {
            return new UnavailableException(message, cause);
        }
        if (cause instanceof CancelledException) {
            return new CancelledException(message, cause);
        }
        if (cause instanceof IntegrityException) {
            return new IntegrityException(message, cause);
        }
        if (cause instanceof MlopsException && !(cause instanceof InvalidInputException)) {
            return cause;
        }
        String reason = cause instanceof MlopsException ? String.valueOf(cause.getMessage()) : cause.toString();
        return new InvalidInputException(stage + " on", shown(input), reason, cause);
    }

    /** Short and without contents, which may be long or private. */
    private static @Nullable String shown(@Nullable Object input) {
        if (input == null) {
            return null;
        }
        if (input instanceof Collection<?> collection) {
            return collection.size() + " elements";
        }
        if (input instanceof Map<?, ?> map) {
            return map.keySet().toString();
        }
        Class<?> type = input.getClass();
        return type.isArray()
                ? "%s[%d]".formatted(type.getComponentType().getSimpleName(), Array.getLength(input))
                : type.getSimpleName();
    }
}
