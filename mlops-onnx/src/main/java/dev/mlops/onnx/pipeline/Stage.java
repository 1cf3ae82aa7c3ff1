package dev.mlops.onnx.pipeline;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import java.util.List;

/**
 * One step of a {@link Pipeline}, of use by itself. A stage of this project is thread-safe and keeps nothing between two
 * calls; one of your own, which may be a lambda, should be so.
 *
 * <pre>{@code
 * Stage<byte[], Pixels> thumbnail = Images.decode().then(Images.resize(64, 64));
 * Pixels small = thumbnail.apply(bytes);
 * }</pre>
 *
 * @param <I> what it takes
 * @param <O> what it gives
 */
@FunctionalInterface
public interface Stage<I, O> {
    /** Makes the output from an input, neither of them null. */
    O apply(I input);

    /** This stage, and then the next with what this one gave. */
    default <P> Stage<I, P> then(Stage<? super O, ? extends P> next) {
        return new StageNames.Chain<>(this, next);
    }

    /** The same for each element of a list, in its order. */
    default Stage<List<I>, List<O>> each() {
        return inputs -> inputs.stream().map(this::apply).toList();
    }

    /**
     * The same, with a name for what it throws: an {@link UnavailableException}, {@link CancelledException} or {@link
     * IntegrityException} is thrown as one whose message begins with the name, and what is no exception of the SDK or an
     * {@link InvalidInputException} is thrown as an {@link InvalidInputException} of that stage and its input. Other
     * exceptions of the SDK are thrown as they are.
     */
    default Stage<I, O> named(String name) {
        return new StageNames.Named<>(name, this);
    }

    /** A stage with a name; see {@link #named}. */
    static <I, O> Stage<I, O> of(String name, Stage<I, O> stage) {
        return stage.named(name);
    }

    /** The only element of a list; refuses a list of none or more. */
    static <T> Stage<List<T>, T> only() {
        return of("only", list -> {
            if (list.size() != 1) {
                throw new InvalidInputException("list", list.size() + " elements", "must have one");
            }
            return list.get(0);
        });
    }
}
